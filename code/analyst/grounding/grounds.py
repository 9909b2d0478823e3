"""Which words of a question the database knows, and which it has never heard of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyst.catalog import Catalog
from analyst.grounding.measured import measured
from analyst.grounding.vocabulary import Vocabulary, is_asking
from analyst.grounding.word_lists import listed
from analyst.linking import stem
from analyst.values import Mention
from analyst.values.vocabulary import is_grammar, is_ordinary

_FEWEST = 2
"""Unknown things; a single one may be another word for something known."""
_MOST_KNOWN = 0.5
"""Share of known things up to which a question is about something else."""
_ENOUGH_ENGLISH, _WORDS_EACH = 2, 3
"""So many of them show that a question is English; in a short one, every third word."""
_COLUMN = re.compile(r"\b(?:the|its|their) (\w{3,}) column\b|\bthe column (\w{3,})\b", re.IGNORECASE)
_PLACES = frozenset(["second", "third", "left", "right", "middle", "new", "empty", "following"])
"""Words before "column" that say which one it is and are not its name."""
_QUOTED = re.compile(r"[\"“”`]([^\"“”`]{2,80})[\"“”`]|(?<!\w)'([^']{2,80})'(?!\w)")
_CAPITAL = r"[A-Z][\w'’&.-]*"
_NAME = re.compile(rf"(?<=[\w,;:] ){_CAPITAL}(?: (?:(?:of|the|and|&|de|von|van) )?{_CAPITAL})*")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What of a question is known and what is not; names of several words count as one thing."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    measured: tuple[str, ...] = ()
    """Of the unknown, what the question wants measured or asks to be there."""

    @property
    def missing(self) -> bool:
        """True where the question is plainly about something that the database knows nothing of."""
        if self.measured:
            return True
        every = len(self.known) + len(self.unknown)
        return len(self.unknown) >= _FEWEST and len(self.known) <= _MOST_KNOWN * every


def ground(
    question: str,
    catalog: Catalog,
    *,
    mentions: Sequence[Mention] = (),
    times: Sequence[str] = (),
    context: str = "",
) -> Grounds:
    """What the catalog's names, comments, values and glossary, or the remarks beside the question, know of it.

    Words that only ask, measure or compare do not count, nor do `times`, the time words that were understood. A
    name that may be one of the values that were not read counts for neither side.
    """
    vocabulary = Vocabulary.of(catalog, remarks=context)
    named = {w for m in mentions for w in _content(m.phrase)}
    names, rest = _parted(_without(question, times))
    found = [_name_known(name, vocabulary, named) for name in names]
    found += [_word_known(word, vocabulary, named) for word in _content(rest)]
    things = {thing: known for thing, known in found if known is not None}
    known = tuple(t for t, known in things.items() if known)
    if not _is_english(question):  # whose words the names and comments of a catalog need not hold
        return Grounds(known=known, unknown=())
    unknown = tuple(t for t, known in things.items() if not known)
    lacking = measured(question, unknown, is_thing=vocabulary.names_a_thing)
    absent = _absent_columns(question, catalog)
    unknown, lacking = tuple(dict.fromkeys((*absent, *unknown))), tuple(dict.fromkeys((*absent, *lacking)))
    return Grounds(known=known, unknown=unknown, measured=lacking)


def _absent_columns(question: str, catalog: Catalog) -> tuple[str, ...]:
    """What is plainly called a column and is none: another one in its place would be a wrong answer."""
    names = {stem(c.name.lower()) for t in catalog.tables for c in t.columns}
    parts = {stem(part) for name in names for part in name.split("_")}
    called = (first or second for first, second in _COLUMN.findall(question))
    words = (word.lower() for word in called)
    return tuple(w for w in words if w not in _PLACES and not is_grammar(w) and stem(w) not in names | parts)


def _is_english(question: str) -> bool:
    """True where enough of the small words are English; where other languages have them too, most of the others."""
    words = [w.lower() for w in _WORD.findall(question)]
    small = [w for w in words if w in listed("english")]
    if len(small) < min(_ENOUGH_ENGLISH, len(words) // _WORDS_EACH):
        return False
    others = [w for w in words if w not in listed("alike")]
    return any(w in others for w in small) or 2 * sum(map(_is_english_word, others)) > len(others)


def _is_english_word(word: str) -> bool:
    return is_asking(word) or is_ordinary(word)


def _without(question: str, phrases: Sequence[str]) -> str:
    """The question without some phrases of it; a bar stands for each, so that what was apart stays so."""
    text = question
    for phrase in phrases:
        spaced = r"\s+".join(map(re.escape, phrase.split()))
        text = re.sub(rf"(?<!\w){spaced}(?!\w)", "|", text, flags=re.IGNORECASE)
    return text


def _name_known(name: str, vocabulary: Vocabulary, named: set[str]) -> tuple[str, bool | None]:
    """A name with whether the database knows it; None where it only asks, or may be a value not read."""
    content = _content(name)
    if any(w in named or vocabulary.knows(w) for w in content):
        return name, True
    telling = [w for w in content if not is_asking(w)]
    return name, False if telling and vocabulary.complete else None


def _word_known(word: str, vocabulary: Vocabulary, named: set[str]) -> tuple[str, bool | None]:
    if word in named or vocabulary.names_a_thing(word):
        return stem(word), True
    if is_asking(word) or not word.isascii():  # of another language, whatever stands around it
        return word, None
    return (stem(word), True) if vocabulary.knows(word) else (word, False)


def _content(text: str) -> list[str]:
    """The words of a text in lower case, without those of grammar."""
    words = [w.lower().replace("’", "'").removesuffix("'s").removesuffix("n't") for w in _WORD.findall(text)]
    return [w for w in words if not is_grammar(w)]


def _parted(question: str) -> tuple[list[str], str]:
    """What stands in quotes or begins with capitals, and the text without that."""
    names: list[str] = []

    def take(match: re.Match[str]) -> str:
        names.append(next((g for g in match.groups() if g), match[0]))
        return " "

    rest = _QUOTED.sub(take, question)
    return names, _NAME.sub(take, rest)
