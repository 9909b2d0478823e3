"""Questions in plain language, answers that can be trusted."""

__version__ = "0.1.0"
