"""Cases through the pipeline, and what came of them as numbers: no judge model, the same figures every time."""
