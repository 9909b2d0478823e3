"""Results as files that a person downloads, one format per file."""
