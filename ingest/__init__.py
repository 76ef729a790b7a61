"""From files on disk to a published index generation."""
