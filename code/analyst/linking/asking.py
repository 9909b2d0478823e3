"""What a question asks for: its words with all that the catalog may call them, and the kinds of columns it needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from analyst.linking.index import Index
from analyst.linking.naming import pieces
from analyst.linking.plain_forms import root
from analyst.linking.word_lists import intents, passing_words, spelled_words, synonyms
from analyst.values.folding import plain_words
from analyst.values.mention import Mention
from analyst.values.slips import nearest
from analyst.values.vocabulary import is_grammar

_ABBREVIATED, _INSIDE, _MISTYPED, _GLOSSARY = 0.6, 0.5, 0.7, 0.7
_WEAK = 0.35
"""For words that hold nearly every question together and may still be a column's name."""
_WEAK_WORDS = frozenset({"name", "names", "type", "value", "values", "date", "dates", "year", "years", "month", "week",
                         "quarter", "day", "days", "hour", "hours", "minute", "minutes", "number", "numbers", "order",
                         "rank", "total", "daily", "monthly", "yearly", "count", "percentage", "level",
                         "times", "start", "end", "ended", "longest", "once", "own"})  # fmt: skip
_GRAMMAR = 0.12
"""For words that hold every question together; still, there are names like "the best"."""
_RARE = 0.8
_YEAR = 4
_SHORTEST_INSIDE = 5
_SHORTEST_ABBREVIATED = 3
_LONGEST_ABBREVIATION = 5
_MOST_WORDS = 200
_VOWELS = frozenset("aeiou")
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is asked about: the roots it may go by, with what each counts, and what it counts itself."""

    said: str
    roots: dict[str, float]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that a question says."""

    terms: tuple[Term, ...]
    intents: frozenset[str]
    """Kinds of columns: "date", "amount", "name", "kind"."""
    roots: frozenset[str]
    """The roots of all its words."""
    entries: tuple[tuple[str, str], ...]
    """The glossary's entries that it uses."""


def wanted(question: str, index: Index, mentions: Sequence[Mention] = ()) -> Wanted:
    """What a question asks for; words that only name a stored value count less, since the value is known."""
    words = plain_words(question)[:_MOST_WORDS]
    words += [
        part for word in re.findall(r"\w*[_A-Z]\w+", question) for part in pieces(word) if part not in words
    ]
    named = {w for m in mentions for w in plain_words(m.phrase)}
    roots = [root(w) for w in words]
    entries = tuple(e for e in index.catalog.glossary if _says(roots, [root(w) for w in plain_words(e[0])]))
    terms = [
        *_terms(words, index, named=named),
        *(term for entry in entries for term in _glossary_terms(entry, index)),
    ]
    return Wanted(_once(terms), _intents(question, words), frozenset(roots), entries)


def _terms(words: Sequence[str], index: Index, *, named: set[str]) -> Iterator[Term]:
    taken: set[int] = set()
    for place, said, meant in _phrases(words):
        taken.update(range(place, place + len(said)) if len(said) > 1 else ())
        roots = {token: worth for token, worth in meant.items() if token in index.postings}
        if roots:
            yield Term(" ".join(said) + " …", roots)
    for place, word in enumerate(words):
        weak = word in _WEAK_WORDS
        if word in passing_words() or (word.isdigit() and len(word) != _YEAR):
            continue
        if is_grammar(word) and not weak:
            if index.rarity.get(root(word), 0.0) > _RARE:
                yield Term(word, {root(word): 1.0}, _GRAMMAR)
            continue
        weight = _WEAK if weak else 0.5 if word in named or word.isdigit() or place in taken else 1.0
        roots = _called(word, index)
        if roots:
            yield Term(word, roots, weight)


def _phrases(words: Sequence[str]) -> Iterator[tuple[int, Sequence[str], dict[str, float]]]:
    """Phrases and single words of the grammar that mean something by themselves: "how much", "when"."""
    known = synonyms()
    roots = [root(w) for w in words]
    for place in range(len(words)):
        for length in range(1, known.longest + 1):
            said = tuple(roots[place : place + length])
            meant = known.meanings.get(said)
            asks = length > 1 or (said in known.hinting and is_grammar(words[place]))
            if len(said) == length and meant and asks:
                yield place, words[place : place + length], dict(meant)


def _called(word: str, index: Index) -> dict[str, float]:
    """The roots by which the catalog may have a word."""
    own = root(word)
    found = {own: 1.0} if own in index.postings else {}
    for part in index.speller.parts(word):
        if root(part) != own and root(part) in index.postings and len(part) > 2:
            found[root(part)] = 0.6
    for token, weight in synonyms().meanings.get((own,), {}).items():
        if token in index.postings:
            found[token] = max(found.get(token, 0.0), weight)
    for token in _abbreviations(word, index):
        found.setdefault(token, _ABBREVIATED)
    if not found and not word.isdigit():
        found = dict.fromkeys(_inside(word, index), _INSIDE) or _mistyped(word, index)
    return found


def _abbreviations(word: str, index: Index) -> Iterator[str]:
    """Shorter forms: the word's beginning, or some of its letters in order and no vowel."""
    if len(word) <= _SHORTEST_ABBREVIATED or not word.isascii():
        return
    for token in index.spelled.get(word[:1], ()):
        if not 1 < len(token) <= min(_LONGEST_ABBREVIATION, len(word) - 1) or token in spelled_words():
            continue
        begins = len(token) >= _SHORTEST_ABBREVIATED and word.startswith(token)
        if begins or (_VOWELS.isdisjoint(token) and token.isalpha() and _in_order(token, word)):
            yield root(token)


def _in_order(letters: str, word: str) -> bool:
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _inside(word: str, index: Index) -> list[str]:
    """Names that hold the word without telling it apart."""
    own = root(word)
    return [t for t in index.postings if own in t][:20] if len(own) >= _SHORTEST_INSIDE else []


def _mistyped(word: str, index: Index) -> dict[str, float]:
    meant = nearest(word, index.spelled.get(word[:1], ()))
    return {root(meant): _MISTYPED} if meant else {}


def _glossary_terms(entry: tuple[str, str], index: Index) -> Iterator[Term]:
    """What an entry's meaning names; the columns that stand there by their whole names before all."""
    for word in re.findall(r"[\w]+", entry[1]):
        roots = {root(p): 1.0 for p in index.speller.parts(word) if not is_grammar(p)}
        known = {token: weight for token, weight in roots.items() if token in index.postings}
        if known:
            yield Term(f"{entry[0]}: {word}", known, _GLOSSARY * (1.5 if "_" in word else 1.0))


def _says(roots: Sequence[str], sought: Sequence[str]) -> bool:
    count = len(sought)
    return count > 0 and any(
        list(roots[i : i + count]) == list(sought) for i in range(len(roots) - count + 1)
    )


def _intents(question: str, words: Iterable[str]) -> frozenset[str]:
    said = set(words)
    found = {kind for kind, listed in intents().items() if not said.isdisjoint(listed)}
    return frozenset(found | ({"date"} if _DATED.search(question) else set()))


def _once(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Each meaning once, however often and in whatever form it was said."""
    found: dict[frozenset[str], Term] = {}
    for term in terms:
        known = found.setdefault(frozenset(term.roots), term)
        if term.weight > known.weight:
            found[frozenset(term.roots)] = term
    return tuple(found.values())
