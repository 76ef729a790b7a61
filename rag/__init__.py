"""From a question to a proven answer. Importing this package loads no heavy library."""

VERSION = "0.1.0"
