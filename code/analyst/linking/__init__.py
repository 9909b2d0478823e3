"""Which tables, columns and links a question is about, within a budget of tokens."""

from __future__ import annotations

from analyst.linking.choice import CHARACTERS_PER_TOKEN, TOKEN_BUDGET, link
from analyst.linking.index import Index
from analyst.linking.known import known_words, mentions
from analyst.linking.plain_forms import stem, words

__all__ = [
    "CHARACTERS_PER_TOKEN",
    "TOKEN_BUDGET",
    "Index",
    "known_words",
    "link",
    "mentions",
    "stem",
    "words",
]
