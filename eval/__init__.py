"""Offline evaluation: cases through the pipeline, scored against gold quotes without any judge model."""
