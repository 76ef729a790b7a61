"""One small reader per format: bytes in, a ``Document`` out."""
