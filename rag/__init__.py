"""From a question to a proven answer. Importing this package loads no heavy library."""
