"""Which tables, columns and links a question is about, within a budget of tokens."""

from __future__ import annotations

from analyst.linking.choice import CHARACTERS_PER_TOKEN, TOKEN_BUDGET, link
from analyst.linking.index import Index
from analyst.linking.known import known_words, mentions
from analyst.linking.plain_forms import root, stem, words
from analyst.linking.word_lists import also_called

__all__ = [
    "CHARACTERS_PER_TOKEN",
    "TOKEN_BUDGET",
    "Index",
    "also_called",
    "known_words",
    "link",
    "mentions",
    "root",
    "stem",
    "words",
]
