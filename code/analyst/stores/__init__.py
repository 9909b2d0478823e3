"""Where the product keeps its own state, one driver per file."""
