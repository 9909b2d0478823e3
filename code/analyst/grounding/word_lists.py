"""The word lists beside this file."""

from __future__ import annotations

from analyst import word_files


def listed(name: str) -> frozenset[str]:
    """The words of a list, as they are written there."""
    return word_files.words("analyst.grounding", name)
