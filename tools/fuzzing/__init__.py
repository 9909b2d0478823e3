"""Statements nobody wrote, and what the guard promises about every one of them; see tools/fuzz.py."""
