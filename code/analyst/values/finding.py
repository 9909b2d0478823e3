"""Which stored values a question names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analyst.catalog import Catalog
from analyst.values.folding import Word, placed_words, plain_words, singular
from analyst.values.mention import Mention
from analyst.values.reading import Read, Reading, read
from analyst.values.shelves import MOST_WORDS, Shelf, Shelves, name_words, shelves_of
from analyst.values.slips import SHORTEST, is_slip, nearest
from analyst.values.vocabulary import forms, is_ordinary, ordinary_words

MOST_MENTIONS = 60
_MOST_OF_A_COLUMN = 6
"""Values of one column that a part may mean; what is in more of them says too little."""
_MOST_COLUMNS = 6
_LONGEST_PHRASE = 12
_LONGEST_ENDING = 4
"""Letters that a phrase may have and the value has not: those of another form of its last word, or of a slip."""
_LONGEST_CODE = 4
_LONGEST_NAME = 4
"""Words of a value that one of its later words in lower case may stand for; a longer one is rather a text."""
_LOOKED_THROUGH = 400
_WHOLE, _FORM, _HEAD, _PART = 1.0, 0.95, 0.85, 0.75
_SLIP = 0.15
"""What a correction takes off."""
_NEAR_COLUMN, _NEAR_TABLE = 0.04, 0.02


@dataclass(frozen=True, slots=True)
class _Span:
    """Some words of the question on which a value may lie."""

    reading: Reading
    start: int
    stop: int
    quoted: bool = False

    @property
    def words(self) -> list[Read]:
        return self.reading.words[self.start : self.stop]

    @property
    def written(self) -> str:
        """The words written together."""
        return self.reading.written(self.start, self.stop)

    @property
    def joined(self) -> bool:
        """True for several words in capitals without a blank between them, as in AT&T."""
        phrase = self.reading.phrase(self.start, self.stop)
        return self.stop - self.start > 1 and phrase.isupper() and not any(map(str.isspace, phrase))

    @property
    def capital(self) -> bool:
        return any(w.capital for w in self.words)

    def is_before(self, names: frozenset[str]) -> bool:
        """True where one of these names follows at once, as in "promotion notifications"."""
        follows = self.reading.words[self.stop : self.stop + 1]
        return any(singular(w.plain) in names for w in follows)

    def names(self, shelf: Shelf, *, reach: int) -> bool:
        """True where the column's own name stands beside the phrase."""
        near = self.reading.beside(self.start, self.stop, reach=reach)
        return not near.isdisjoint(shelf.words)


@dataclass(frozen=True, slots=True)
class _Hit:
    number: int
    score: float


def find(question: str, catalog: Catalog) -> tuple[Mention, ...]:
    """The values that the question names, in the question's order; nothing where none is plainly named.

    What stands in quotes comes first, then the longest phrase. Values that mean the same phrase in several
    columns are all given, the likelier first.
    """
    shelves = shelves_of(catalog)
    reading = read(question)
    found = list(_in_quotes(reading, shelves))
    found += _in_words(reading, shelves)
    found.sort(key=lambda pair: (pair[0].start, pair[0].stop))
    once = {
        (m.phrase.lower(), m.table, m.column, m.value): m for _, group in reversed(found) for m in group[::-1]
    }
    return tuple(reversed(once.values()))[:MOST_MENTIONS]


_Found = tuple[_Span, list[Mention]]


def _in_quotes(reading: Reading, shelves: Shelves) -> Iterator[_Found]:
    for start, stop in reading.quoted:
        span = _Span(reading, start, stop, quoted=True)
        if not reading.free(start, stop):
            continue
        hits = _hits(span, shelves)
        if hits:
            reading.taken.update(range(start, stop))
            yield span, _mentions(span, hits, shelves)


def _in_words(reading: Reading, shelves: Shelves) -> Iterator[_Found]:
    fixes = _fixes(reading, shelves)
    readings = (reading, reading.corrected(fixes)) if fixes else (reading,)
    for span in _spans(readings, shelves):
        if not reading.free(span.start, span.stop):
            continue
        hits = _hits(span, shelves)
        if hits:
            yield span, _mentions(span, hits, shelves)
        elif not fixes.keys().isdisjoint(range(span.start, span.stop)):
            meant = replace(span, reading=readings[-1])
            hits = _hits(meant, shelves)
            if hits:
                yield span, [_said(m, meant) for m in _mentions(meant, hits, shelves)]
        if hits:
            reading.taken.update(range(span.start, span.stop))


def _spans(readings: Sequence[Reading], shelves: Shelves) -> Iterator[_Span]:
    """All that a value may lie on in one of the readings, as the first has it, those of most words first."""
    reading, places = readings[0], range(len(readings[0].words))
    longest = shelves.longest + _LONGEST_ENDING
    reach = [_reach(reading, start, shelves) for start in places]
    for other in readings[1:]:
        reach = [max(most, _reach(other, start, shelves)) for start, most in enumerate(reach)]
    for length in range(max(reach, default=1), 1, -1):
        for start in places:
            if length <= reach[start] and len(reading.written(start, start + length)) <= longest:
                yield _Span(reading, start, start + length)
    for start in places:
        alone = (each.words[start] for each in readings)
        if len(reading.words[start].plain) <= longest and any(_may_be_one(word, shelves) for word in alone):
            yield _Span(reading, start, start + 1)


def _reach(reading: Reading, start: int, shelves: Shelves) -> int:
    """How many words a phrase from here on has at most that is a value, a form or a part of one; 1 where none is."""
    last = min(start + _LONGEST_PHRASE, len(reading.words))
    inside, written = start, start + 1
    while inside < last and reading.words[inside].plain in shelves.inner:
        inside += 1
    while written < last and shelves.begins(reading.opening(start, written + 1)):
        written += 1
    return max(inside, written) - start


def _may_be_one(word: Read, shelves: Shelves) -> bool:
    """False where one word is no value, nor a form or a part of one; one of grammar is at most a code."""
    return (not word.grammar or word.text.isupper()) and shelves.may_mean(forms(word.plain))


def _hits(span: _Span, shelves: Shelves) -> list[_Hit]:
    """The values on a span: those that are the whole phrase, else another form of it, else those it is part of."""
    written = span.written
    for numbers, score in ((shelves.wholes.get(written, ()), _WHOLE), (_forms(span, shelves), _FORM)):
        hits = [_Hit(n, score) for n in dict.fromkeys(numbers) if _is_meant(span, n, shelves)]
        if hits:
            return hits
    return _parts(span, shelves)


# -- the whole value -------------------------------------------------------------------------------


def _forms(span: _Span, shelves: Shelves) -> Iterator[int]:
    """Values of which the phrase is the plural, the singular, or, where a column has few, another form."""
    written, last = span.written, span.words[-1].plain
    stem = written[: len(written) - len(last)]
    yield from shelves.plurals.get(written, ())
    for base in dict.fromkeys(forms(last) if span.stop - span.start == 1 else (singular(last),)):
        if base == last or len(base) < 3:
            continue
        for number in (*shelves.wholes.get(stem + base, ()), *shelves.plurals.get(stem + base, ())):
            if base == singular(last) or (shelves.shelf(number).few and len(base) >= 4):
                yield number


def _is_meant(span: _Span, number: int, shelves: Shelves) -> bool:
    """Whether a phrase that equals a value is one, and not just a word of the question."""
    if span.quoted:
        return True
    value, shelf = shelves.values[number], shelves.shelf(number)
    if span.stop - span.start == 1:
        return _is_meant_word(span, value, shelf, shelves)
    if not _same_words(span, plain_words(value)) and (
        len(span.written) < 6 or any(w.grammar for w in span.words)
    ):
        return False
    telling = [w for w in span.words if not (w.grammar or is_ordinary(w.plain) or w.plain.isdigit())]
    if telling:
        return not all(_is_name(w.plain, shelves) for w in telling) or span.capital
    if all(w.grammar or w.plain.isdigit() for w in span.words):
        return False
    return all(w.capital for w in span.words) or (
        shelf.few and not any(w.grammar or _is_name(w.plain, shelves) for w in span.words)
    )


def _same_words(span: _Span, parts: list[str]) -> bool:
    return len(parts) == span.stop - span.start


def _is_meant_word(span: _Span, value: str, shelf: Shelf, shelves: Shelves) -> bool:
    (word,) = span.words
    plain = word.plain
    is_code = word.text == value and word.text.isupper() and not span.reading.shouted
    beside = span.names(shelf, reach=1)
    if len(plain) == 1 and plain.isascii():
        return is_code and beside
    if word.grammar:
        return is_code and len(plain) in (2, 3)
    if plain.isdigit():
        return beside or len(plain) >= 5
    if is_code:
        return True
    if _is_name(plain, shelves):
        kind = shelf.few and span.is_before(shelf.table_words) and singular(plain) not in shelf.table_words
        return kind or (beside and singular(plain) not in shelf.words)
    if len(plain) == 2:
        return not is_ordinary(plain) and shelf.few
    if is_ordinary(plain):
        # A capital letter says that it is a name, and nothing of codes.
        named = word.capital and not (value.isupper() and len(value) <= _LONGEST_CODE)
        return shelf.few or named or span.names(shelf, reach=2)
    return True


def _is_name(word: str, shelves: Shelves) -> bool:
    return not shelves.names.isdisjoint(forms(word))


# -- a part of a longer value ----------------------------------------------------------------------


def _parts(span: _Span, shelves: Shelves) -> list[_Hit]:
    if not _may_be_part(span, shelves):
        return []
    at_head = shelves.heads.get(span.written, ())[:_LOOKED_THROUGH]
    heads = dict.fromkeys(n for n in at_head if span.quoted or _agrees(span, n, shelves))
    inside = dict.fromkeys(n for n in _inside(span, shelves) if n not in heads)
    hits = [*(_Hit(n, _HEAD) for n in heads), *(_Hit(n, _PART) for n in inside)]
    return _selective(_in_use(hits, span, shelves), shelves)


def _may_be_part(span: _Span, shelves: Shelves) -> bool:
    words = span.words
    if span.quoted:
        return len(span.written) >= 3
    if len(words) > MOST_WORDS or (not span.joined and (words[0].grammar or words[-1].grammar)):
        return False
    if len(words) == 1:
        (word,) = words
        unsaid = word.plain.isdigit() or word.grammar or _is_name(word.plain, shelves)
        if unsaid or (is_ordinary(word.plain) and not word.capital):
            return False
        return len(word.plain) >= 4 or (len(word.plain) == 3 and word.capital) or not word.plain.isascii()
    if len(span.written) >= 6 and not is_ordinary(span.written) and span.written in shelves.heads:
        return not any(w.grammar for w in words)
    plain = [w for w in words if not w.plain.isdigit()]
    return any(not is_ordinary(w.plain) and not _is_name(w.plain, shelves) for w in plain)


def _agrees(span: _Span, number: int, shelves: Shelves) -> bool:
    """A word alone is part of a name only where the name writes it as one."""
    if span.stop - span.start > 1:
        return True
    (word,) = span.words
    return word.capital or _is_named_in(shelves.values[number], word.plain)


def _is_named_in(value: str, plain: str) -> bool:
    part = next((w for w in placed_words(value) if w.plain == plain), None)
    if part is None:
        return True
    text = value[part.start : part.end]
    return not text[0].islower() or value.islower()


def _inside(span: _Span, shelves: Shelves) -> Iterator[int]:
    """Values that have the phrase somewhere behind their first word."""
    words = [w.plain for w in span.words]
    known = [shelves.inner.get(word, ()) for word in words]
    numbers = min(known, key=len)
    alone = len(words) == 1 and not span.quoted
    if len(numbers) > _LOOKED_THROUGH or (alone and not _stands_alone(span.words[0], numbers)):
        return
    sought = f" {' '.join(words)} "
    for number in numbers:
        parts = plain_words(shelves.values[number])
        if sought not in f" {' '.join(parts)} ":
            continue
        short = not alone or span.capital or len(parts) <= _LONGEST_NAME
        if span.quoted or (short and _agrees(span, number, shelves)):
            yield number


def _stands_alone(word: Read, numbers: Sequence[int]) -> bool:
    """Whether one word from behind the first of a name is enough to mean the name."""
    if is_ordinary(word.plain):
        return False
    return (word.capital and len(word.plain) >= 4) or (len(word.plain) >= 6 and len(numbers) == 1)


def _in_use(hits: list[_Hit], span: _Span, shelves: Shelves) -> list[_Hit]:
    """The hits without those that nothing refers to, where others are referred to or the question is about that."""
    used: dict[int, bool | None] = {}
    for hit in hits:
        uses = shelves.uses(shelves.shelf(hit.number).place, shelves.values[hit.number])
        used[hit.number] = None if uses is None else bool(uses[1])
    asked = {singular(w.plain) for w in span.reading.words}
    kept = []
    for hit in hits:
        shelf = shelves.shelf(hit.number)
        rivals = any(used[h.number] for h in hits if shelves.on[h.number] == shelves.on[hit.number])
        about = any(
            not asked.isdisjoint(name_words(user[0][1])) for user in shelves.users.get(shelf.table, ())
        )
        if used[hit.number] is not False or not (rivals or about):
            kept.append(hit)
    return kept


def _selective(hits: list[_Hit], shelves: Shelves) -> list[_Hit]:
    """Of each column what is likeliest; columns where a part says too little, or less than elsewhere, are left out."""
    columns: dict[int, list[_Hit]] = {}
    for hit in hits:
        columns.setdefault(shelves.on[hit.number], []).append(hit)
    kept: list[list[_Hit]] = []
    for group in columns.values():
        best = max(hit.score for hit in group)
        group = [hit for hit in group if hit.score == best]
        if len(group) <= _MOST_OF_A_COLUMN:
            only = 0.05 if len(group) == 1 and best == _HEAD else 0.0
            kept.append([replace(hit, score=hit.score + only) for hit in group])
    best = max((group[0].score for group in kept), default=0.0)
    return [hit for group in kept if group[0].score >= best - 0.05 for hit in group]


# -- mistyped words --------------------------------------------------------------------------------


def _fixes(reading: Reading, shelves: Shelves) -> dict[int, str]:
    """What mistyped words were meant to be, by their place."""
    return {
        i: fixed
        for i, word in enumerate(reading.words)
        if i not in reading.taken and (fixed := _fixed(word, shelves)) is not None
    }


def _fixed(word: Read, shelves: Shelves) -> str | None:
    """The word that was meant; None for words that are right, are no names, or may be several."""
    plain = word.plain
    if len(plain) < SHORTEST or not plain.isalpha() or is_ordinary(plain) or _is_name(plain, shelves):
        return None
    if shelves.contains(plain) or shelves.contains(singular(plain)):
        return None
    letters = {plain[0], plain[1]}
    near = [w for c in letters for n in range(-2, 3) for w in shelves.shapes.get((c, len(plain) + n), ())]
    fixed = nearest(plain, near)
    if fixed is None or is_ordinary(fixed):
        return None
    likelier = shelves.names if word.capital else shelves.names | ordinary_words()
    return None if any(is_slip(plain, other) for other in likelier) else fixed


def _said(mention: Mention, span: _Span) -> Mention:
    """The mention with what the phrase was read as, as the value writes it."""
    meant = [w.plain for w in span.words]
    parts = placed_words(mention.value)
    text = _written_in(mention.value, parts, meant)
    return replace(mention, exact=False, read_as=text, score=round(mention.score - _SLIP, 3))


def _written_in(value: str, parts: list[Word], meant: list[str]) -> str:
    for start in range(len(parts)):
        for stop in range(start + 1, len(parts) + 1):
            if "".join(p.plain for p in parts[start:stop]) == "".join(meant):
                return value[parts[start].start : parts[stop - 1].end]
    return value


# -- mentions --------------------------------------------------------------------------------------


def _mentions(span: _Span, hits: list[_Hit], shelves: Shelves) -> list[Mention]:
    """The hits as mentions, the likeliest columns first."""
    phrase = span.reading.phrase(span.start, span.stop)
    near = span.reading.beside(span.start, span.stop, reach=3)
    columns: dict[int, list[Mention]] = {}
    for hit in hits:
        shelf = shelves.shelf(hit.number)
        bonus = _NEAR_COLUMN * (not near.isdisjoint(shelf.words))
        bonus += _NEAR_TABLE * (not near.isdisjoint(shelf.table_words))
        columns.setdefault(shelves.on[hit.number], []).append(
            Mention(
                phrase=phrase,
                table=shelf.table,
                column=shelf.column,
                value=shelves.values[hit.number],
                exact=hit.score >= _FORM,
                score=round(min(hit.score, 1.0) + bonus - _NEAR_COLUMN - _NEAR_TABLE, 3),
            )
        )
    ranked = [
        columns[n] for n in sorted(columns, key=lambda n: _rank(columns[n][0], shelves.shelves[n], shelves))
    ]
    return [m for group in ranked[:_MOST_COLUMNS] for m in group[:_MOST_OF_A_COLUMN]]


def _rank(mention: Mention, shelf: Shelf, shelves: Shelves) -> tuple[float, bool, bool, int]:
    """Among columns that fit equally well: names that other tables use, few values, and many rows come first."""
    uses = shelves.uses(shelf.place, mention.value)
    used = uses is not None and bool(uses[1])
    return -mention.score, not used, used and not shelf.few, -shelf.rows
