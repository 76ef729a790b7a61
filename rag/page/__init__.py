"""The page's style sheets and its own text; data, no code."""
