"""What a question says, in the forms in which it is compared to a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyst.grounding.vocabulary import is_asking
from analyst.linking.plain_forms import root
from analyst.linking.word_lists import synonyms
from analyst.numerals import normal
from analyst.values import Mention
from analyst.values.folding import plain_words

_SHORTEST_BEGINNING = 4
"""Letters with which two words begin that may be forms of one."""
_ABBREVIATION = re.compile(r"\b[A-Z][A-Za-z]*[A-Z]\b")
_DEFINED = re.compile(r"\s*([A-Z][A-Za-z]*[A-Z])\b[^=]{0,60}=")
_REMARK = re.compile(r"\n|;|\.(?=\s|$)|(?=\bTo [a-z]+ )")


@dataclass(frozen=True, kw_only=True)
class Unmet:
    """One thing that a question asks for and its SQL does not do."""

    kind: str
    """A short stable name."""
    said: str
    """One plain sentence, for the model and for people."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """A question with what was written beside it and the stored values that it names."""

    plain: str
    """The question in lower case, with one way of writing numbers."""
    words: tuple[str, ...]
    """Its words in lower case."""
    meant: str
    """The question and the remarks that explain its abbreviations, in lower case."""
    known: frozenset[str]
    """The roots of all words of the question, the remarks, the values that are named, and words for the same."""
    mentions: tuple[Mention, ...]
    english: bool
    """True where every third word is one in which people ask for data in English."""

    def says(self, pattern: str) -> bool:
        """True where a regular expression fits somewhere in the question."""
        return re.search(pattern, self.plain) is not None

    def knows(self, text: str) -> bool:
        """True where a word of a text is known here, in any form of it."""
        return any(self._knows(w) for w in plain_words(text))

    def _knows(self, word: str) -> bool:
        own = root(word)
        if own in self.known or (word.isdigit() and word in self.words):
            return True
        return any(alike(own, other) for other in self.known)


def said(question: str, *, context: str = "", taught: str = "", mentions: Sequence[Mention] = ()) -> Said:
    """What a question says.

    `mentions` are the stored values that it names; `context` is what its author wrote beside it; `taught` is all
    else that the model was given to go by, approved examples with their SQL above all.
    """
    plain = " ".join(normal(question).lower().split())
    words = tuple(re.findall(r"\w+", plain))
    remarks = _remarks(question, context)
    values = [text for m in mentions for text in (m.phrase, m.value, m.read_as)]
    own = {root(w) for text in (question, *remarks, taught, *values) for w in plain_words(text)}
    asking = sum(map(is_asking, words))
    return Said(
        plain=plain,
        words=words,
        meant=" ".join([plain, *(r.lower() for r in remarks if _DEFINED.match(r))]),
        known=frozenset(own | set(_same(own))),
        mentions=tuple(mentions),
        english=3 * asking >= len(words) > 0,
    )


def _same(roots: Iterable[str]) -> Iterable[str]:
    """The roots of other words for the same things."""
    known = synonyms().meanings
    return (other for own in roots for other in known.get((own,), ()))


def _remarks(question: str, context: str) -> list[str]:
    """What was written beside the question, without what explains an abbreviation that it does not use."""
    short = set(_ABBREVIATION.findall(question))
    every = [r.strip() for r in _REMARK.split(context) if r.strip()]
    return [r for r in every if (defined := _DEFINED.match(r)) is None or defined[1] in short]


def alike(one: str, other: str) -> bool:
    """True for the same word, and for words of which one is the beginning of the other."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST_BEGINNING and long.startswith(short)
