"""What a question's words tell of the shape of its SQL, whatever it is about."""

from __future__ import annotations

import functools
import re

from analyst import word_files


def cues(question: str) -> frozenset[str]:
    """The kinds of measuring that a question names, as `cues.txt` lists them: "count", "each", "most" …"""
    text = question.casefold().replace("’", "'")
    return frozenset(kind for kind, pattern in _patterns() if pattern.search(text))


@functools.lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, _pattern(phrases)) for kind, phrases in word_files.pairs("analyst.shapes", "cues"))


def _pattern(phrases: str) -> re.Pattern[str]:
    written = (re.escape(phrase.strip()).replace(r"\*", r"\w*") for phrase in phrases.split(","))
    return re.compile(rf"(?<!\w)(?:{'|'.join(written)})(?!\w)")
