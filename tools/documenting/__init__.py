"""The pages of docs/ that are made from the code, wholly or in part."""
