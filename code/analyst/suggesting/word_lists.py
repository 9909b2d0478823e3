"""The lists of words.txt, and which names hold a word of theirs."""

from __future__ import annotations

from functools import lru_cache

from analyst import labels, word_files
from analyst.linking import stem

_PART_OF_A_NAME = 5
"""Letters from which on a word counts also where it is written together with others."""


def is_listed(name: str, kind: str) -> bool:
    """True where one of a name's words is on the list of that kind."""
    spoken = labels.words(name)
    return not _listed(kind).isdisjoint(form for word in spoken for form in (word, stem(word)))


def is_private(name: str) -> bool:
    """True for names of what nobody is to be led to: passwords, tokens, mail addresses."""
    together = "".join(labels.words(name))
    hidden = (word for word in _listed("private") if len(word) >= _PART_OF_A_NAME)
    return is_listed(name, "private") or any(word in together for word in hidden)


@lru_cache(maxsize=8)
def _listed(kind: str) -> frozenset[str]:
    return frozenset(word_files.named("analyst.suggesting", "words")[kind].split())
