"""What a question's words look like, before any value is looked up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from analyst.values.folding import Word, placed_words, singular
from analyst.values.vocabulary import is_grammar

MOST_WORDS_READ = 400
_QUOTED = re.compile(
    r"\"([^\"]+)\"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|`([^`]+)`|‘([^’]+)’|(?<!\w)'([^'].*?)'(?!\w)"
)
_SENTENCE_END = re.compile(r"[.!?:]\s*$")
_SURE_LETTERS = 2
_ALL_TITLE = 0.8
_NAMING = frozenset({"name", "type", "year"})


class Read(NamedTuple):
    """One word of a question."""

    plain: str
    text: str
    start: int
    end: int
    capital: bool
    """True where its capital letter says that it is a name."""
    grammar: bool


@dataclass
class Reading:
    """A question as words, and the phrases that were put in quotes."""

    text: str
    words: list[Read]
    quoted: list[tuple[int, int]]
    """From and to which word, without the last."""
    shouted: bool = False
    """True where all of it is in capital letters, which then say nothing."""
    taken: set[int] = field(default_factory=set)

    @cached_property
    def _letters(self) -> tuple[str, list[int]]:
        """All words written together, and where each begins."""
        return "".join(w.plain for w in self.words), [0, *accumulate(len(w.plain) for w in self.words)]

    def written(self, start: int, stop: int) -> str:
        """The words from one to before another, written together."""
        letters, places = self._letters
        return letters[places[start] : places[stop]]

    def opening(self, start: int, stop: int) -> str:
        """The same, of the last word its first letters, which are those of its singular, too."""
        letters, places = self._letters
        return letters[places[start] : min(places[stop - 1] + _SURE_LETTERS, places[stop])]

    def phrase(self, start: int, stop: int) -> str:
        """The text from one word to before another."""
        return self.text[self.words[start].start : self.words[stop - 1].end]

    def free(self, start: int, stop: int) -> bool:
        """True where no value was found yet in these words."""
        return self.taken.isdisjoint(range(start, stop))

    def beside(self, start: int, stop: int, *, reach: int) -> set[str]:
        """The words around a phrase, singular, other than those of grammar that no column is called by."""
        near = [*self.words[max(0, start - reach) : start], *self.words[stop : stop + reach]]
        return {singular(w.plain) for w in near if not w.grammar or w.plain in _NAMING}

    def corrected(self, fixes: dict[int, str]) -> Reading:
        """The same question with some words put right."""
        words = [
            w._replace(plain=fixes[i], capital=True) if i in fixes else w for i, w in enumerate(self.words)
        ]
        return replace(self, words=words)


def read(question: str) -> Reading:
    """The words of a question."""
    placed = placed_words(question)[:MOST_WORDS_READ]
    shouted = question.upper() == question and question.lower() != question
    titled = not shouted and _is_titled(question, placed)
    telling = not (shouted or titled)
    words = []
    for i, (plain, start, end) in enumerate(placed):
        text = question[start:end]
        capital = telling and text[0].isupper() and _is_name(question, placed, i)
        words.append(Read(plain, text, start, end, capital, is_grammar(plain)))
    return Reading(text=question, words=words, quoted=_quoted(question, placed), shouted=shouted)


def _is_name(question: str, placed: Sequence[Word], place: int) -> bool:
    """True where a capital letter is not just that of a sentence's first word."""
    _, start, end = placed[place]
    begins = place == 0 or _SENTENCE_END.search(question[placed[place - 1].end : start]) is not None
    return not begins or (end - start > 1 and question[start:end].isupper())


def _is_titled(question: str, placed: Sequence[Word]) -> bool:
    """True where nearly every word begins with a capital letter, as in a headline."""
    letters = [question[w.start] for w in placed[1:] if question[w.start].isalpha()]
    return len(letters) >= 5 and sum(c.isupper() for c in letters) >= _ALL_TITLE * len(letters)


def _quoted(question: str, placed: Sequence[Word]) -> list[tuple[int, int]]:
    spans = []
    for match in _QUOTED.finditer(question):
        inside = [i for i, w in enumerate(placed) if w.start >= match.start() and w.end <= match.end()]
        if inside:
            spans.append((inside[0], inside[-1] + 1))
    return spans
