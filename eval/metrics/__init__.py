"""One idea of measurement a file, each function pure, with its definition and where it comes from."""
