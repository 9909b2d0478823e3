"""Checks that words state nothing but what stands in a result: every number, date and name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from analyst import labels
from analyst.numerals import MONTHS, Moment, Numeral, Stated, Unreadable, normal, stated
from analyst.result import Cell, Kind, ResultColumn, ResultSet

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_DIGIT = re.compile(r"\d")
_CLAUSE_END = re.compile(r"(?<=[.;!?])\s+(?=[A-Z\d])")
_QUOTED = re.compile(
    r"\"([^\"]{1,120})\"|“([^”]{1,120})”|«([^»]{1,120})»|`([^`]{1,120})`|(?<!\w)['‘]([^'’]{1,120})['’](?!\w)"
)
_BELOW_ZERO = re.compile(
    r"\b(early|earlier|ahead|below|minus|negative|loss(es)?|lost|decreas\w*|drop\w*|f[ae]ll\w*|declin\w*|lower|"
    r"less|fewer|reduc\w*|before|down)\b",
    re.IGNORECASE,
)
_LARGEST_ERROR = Decimal("0.1")
"""Of the value: "1" shows no decimals, and still says something else than 0.6."""

_COUNTING = re.compile(r"\bthere (is|are|was|were) (only |exactly |just )?$", re.IGNORECASE)
"""What is counted is a whole number, and no average that happens to round to it."""

_NOTHING = re.compile(
    r"\b(?:there (?:is|are|was|were) (?:no|not any|none)\b"
    r"|(?:no|zero) (?:rows?|results?|records?|data|matches|matching|such)\b"
    r"|none (?:of|were|was|are|is)\b|nothing (?:was|is|matches)\b|(?:is|are|was|were) empty\b)",
    re.IGNORECASE,
)
"""Words by which a text says that there is nothing."""
_EXTREME = re.compile(
    r"\b(rang\w+|between|from|highest|lowest|largest|smallest|most|least|longest|shortest|maximum|minimum|up to)\b",
    re.IGNORECASE,
)
"""Says of which row a number is, without its name."""

_UP = re.compile(
    r"\b(more|greater|longer|higher|later|larger|at least|over|above|exceed\w*|beyond|or more)\b",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(less|fewer|shorter|lower|earlier|under|below|at most|within|up to|smaller|no more)\b", re.IGNORECASE
)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_IN_TIME = _set("in during for since from to until till before after by year of between and through")
_ECHO_BY = _set("top first last bottom between and to from at on per every flight number code id")
_CLAIMING = _set(
    "is are was were be been of equals totals total average had has have with a there roughly about"
)
_PARTIAL = _set("top first last bottom these those following shown listed all")

_PLAIN_CAPITALS = _set(
    "i am pm a f c utc sql null id ok no mr mrs st monday tuesday wednesday thursday friday saturday sunday"
)
_OPENINGS = _set(
    "a about according across after all also although among an and another are as at based because before "
    "below both but by compared counting data despite during each either every everything exactly few "
    "finally first followed following for from generally given here highest how however if in including "
    "is it its just last least less likewise looking lowest many meanwhile more moreover most neither "
    "next no none not note nothing of on once one only or other others otherwise out over overall per "
    "please roughly second several similarly since so some still sorted starting sure than thanks that "
    "the their them then there therefore these they third this those though through thus to together top "
    "total two under unlike until up using what when where whereas whether which while who with within "
    "without yes you your three four five six seven eight nine ten eleven twelve zero average maximum "
    "minimum approximately nearly almost around between result results row rows answer value values "
    "number numbers table query database list interestingly additionally specifically notably ranking "
    "ranked"
)


def numbers_hold(
    text: str, result: ResultSet, *, question: str = "", extra: Sequence[str | int | float] = ()
) -> bool:
    """True when every number, date, quotation and name in the text is found in the result.

    A number may be rounded as far as its own writing shows ("12.6" for 12.639, "1.2 million"); sums,
    differences and shares that the result does not hold are refused. A number of the question is accepted
    only where it is used as the question uses it ("more than 60 minutes"). Where a sentence names a row, its
    numbers must stand in it. `extra` are more things known to be true, numbers or texts.
    """
    if not text.strip():
        return False
    facts = _Facts.of(result, question=question, extra=extra)
    spoken = normal(text)
    if not _names_hold(spoken, facts) or not _nothing_holds(spoken, result):
        return False
    # What is taken out leaves its length behind, so that places stay the same in both.
    numbered = facts.without_known_phrases(spoken)
    items = stated(numbered)
    return (
        all(_holds(item, spoken, facts) for item in items)
        and _stand_by_their_names(items, spoken, facts)
        and _said_as_often_as_found(items, spoken, facts)
    )


def _nothing_holds(spoken: str, result: ResultSet) -> bool:
    """False for words that say nothing is there, beside rows that say something else than zero or nothing."""
    if not _NOTHING.search(spoken) or not result.row_count:
        return True
    return any(
        cell in (None, 0, "0", "") or str(cell).strip("0.") == "" for row in result.rows for cell in row
    )


@dataclass(frozen=True, kw_only=True)
class _Value:
    """One distinct number of a column, and the rows it stands in."""

    value: Decimal
    column: int
    rows: set[int] = field(default_factory=set)


@dataclass(kw_only=True)
class _Facts:
    """What is known to be true, made ready for look-ups."""

    result: ResultSet
    question: str
    values: dict[tuple[int, Decimal], _Value] = field(default_factory=dict)
    loose: set[Decimal] = field(default_factory=set)
    """Numbers that belong to no row."""
    days: set[tuple[int, int, int]] = field(default_factory=set)
    months: set[int] = field(default_factory=set)
    clocks: set[str] = field(default_factory=set)
    texts: dict[int, dict[str, set[int]]] = field(default_factory=dict)
    """For each text column, its values in normal form and the rows they stand in."""
    vocabulary: set[str] = field(default_factory=set)
    phrases: str = ""

    @classmethod
    def of(cls, result: ResultSet, *, question: str, extra: Sequence[str | int | float]) -> _Facts:
        facts = cls(result=result, question=normal(question))
        for row, cells in enumerate(result.rows):
            for position, (column, cell) in enumerate(zip(result.columns, cells, strict=True)):
                facts._cell(cell, column, position=position, row=row)
        for item in extra:
            facts._extra(item)
        for asked in stated(facts.question):
            if isinstance(asked, Moment):
                facts._moment(asked)
        facts._words()
        return facts

    def _cell(self, cell: Cell, column: ResultColumn, *, position: int, row: int) -> None:
        if cell is None or isinstance(cell, bool):
            return
        kind = column.kind
        if kind.numeric:
            self._number(cell, column, position=position, row=row)
        elif kind.temporal or kind is Kind.TIME:
            self._point(str(cell), position=position, row=row)
        elif kind in (Kind.JSON, Kind.INTERVAL):
            for leaf in _leaves(cell):
                self._text(leaf, position=position, row=row, inside=True)
        else:
            self._text(str(cell), position=position, row=row, inside=False)

    def _number(self, cell: Cell, column: ResultColumn, *, position: int, row: int) -> None:
        try:
            value = Decimal(str(cell))
        except InvalidOperation:
            return
        if not value.is_finite():
            self._text(str(cell), position=position, row=row, inside=False)
            return
        self._keep(value, position=position, row=row)
        parts = labels.words(column.name)
        if parts and parts[-1] == "month" and value == value.to_integral_value():
            self.months.add(int(value))
        if "time" in parts and value == value.to_integral_value() and 0 <= value <= 2400:
            # A clock written as a whole number, hours and minutes side by side: 517 is 5:17.
            self.clocks.add(f"{int(value) // 100:02d}:{int(value) % 100:02d}")

    def _keep(self, value: Decimal, *, position: int, row: int) -> None:
        self.values.setdefault((position, value), _Value(value=value, column=position)).rows.add(row)

    def _point(self, cell: str, *, position: int, row: int) -> None:
        try:
            point = datetime.fromisoformat(cell)
        except ValueError:
            self._clock(cell)
            return
        self._day(point.date(), position=position, row=row)
        if len(cell) > 10:
            self._clock(cell[11:])

    def _day(self, day: date, *, position: int, row: int) -> None:
        self.days.add((day.year, day.month, day.day))
        self.months.add(day.month)
        self._keep(Decimal(day.year), position=position, row=row)

    def _clock(self, text: str) -> None:
        match = re.match(r"(\d{2}:\d{2})(:\d{2})?", text)
        if match:
            self.clocks.add(match[1])
            self.clocks.add(match[1] + (match[2] or ":00"))

    def _text(self, text: str, *, position: int, row: int, inside: bool) -> None:
        plain = normal(text)
        known = self.texts.setdefault(position, {})
        known.setdefault(plain, set()).add(row)
        for item in stated(plain) if _DIGIT.search(plain) else ():
            if isinstance(item, Moment):
                self._moment(item)
            elif isinstance(item, Numeral) and (inside or plain.strip() == plain[item.start : item.end]):
                self._keep(item.value, position=position, row=row)

    def _moment(self, item: Moment) -> None:
        if item.clock:
            self._clock(item.clock)
            if ":" in item.clock:
                self.loose.add(Decimal(item.clock[:2]))
        if item.month:
            self.months.add(item.month)
            self.days.add((item.year or 0, item.month, item.day or 0))

    def _extra(self, item: str | int | float) -> None:
        if not isinstance(item, str):
            self.loose.add(Decimal(str(item)))
            return
        plain = normal(item)
        self.vocabulary |= {w.lower() for w in _WORD.findall(plain)}
        self.phrases += "\n" + plain.lower()
        for found in stated(plain):
            if isinstance(found, Numeral):
                self.loose.add(found.value)
            elif isinstance(found, Moment):
                self._moment(found)

    def _words(self) -> None:
        names = [c.name for c in self.result.columns] + [labels.readable(c.name) for c in self.result.columns]
        cells = [text for column in self.texts.values() for text in column]
        self.phrases += "\n".join(["", self.question, *names, *cells]).lower()
        self.vocabulary |= {w.lower() for w in _WORD.findall(self.phrases)}

    def without_known_phrases(self, text: str) -> str:
        """The text with names that hold digits ("Boeing 737-800", "N14228", "p95") taken out."""
        known = {t for column in self.texts.values() for t in column if _is_a_name(t)}
        known |= {w for w in re.findall(r"[\w./-]+", self.question) if _is_a_name(w)}
        known |= {c.name for c in self.result.columns if re.search(r"\d", c.name)}
        for phrase in sorted((p for p in known if p.lower() in text.lower()), key=len, reverse=True):
            text = re.sub(
                rf"(?<!\w){re.escape(phrase)}(?!\w)", lambda m: "_" * len(m[0]), text, flags=re.IGNORECASE
            )
        return text

    def rows_named(self, clause: str) -> set[int] | None:
        """The rows that a clause speaks of; None when it names none of them."""
        per_column = [rows for column in self.texts if (rows := self._named(clause, column))]
        if not per_column:
            return None
        sets = [set().union(*(found for _, found in named)) for named in per_column]
        return set.intersection(*sets) or set().union(*sets)

    def names_in(self, clause: str) -> list[tuple[int, set[int]]]:
        """Where a clause names a row, and the rows that go by this name, in order of place."""
        named = (
            (match.start(), rows)
            for column in self.texts
            for name, rows in self._named(clause, column)
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", clause)
        )
        return sorted(named, key=lambda found: found[0])

    def _named(self, clause: str, column: int) -> list[tuple[str, set[int]]]:
        firsts = Counter(_first_word(text) for text in self.texts[column])
        named = []
        for text, rows in self.texts[column].items():
            first = _first_word(text)
            if _names(clause, text):
                named.append((text, rows))
            elif firsts[first] == 1 and _names(clause, first):
                named.append((first, rows))
        return named


def _is_a_name(text: str) -> bool:
    """True for what holds both letters and digits, or digits that are no plain number."""
    if not re.search(r"\d", text):
        return False
    return bool(re.search(r"[^\W\d_]", text)) or re.fullmatch(r"\d+-\d+", text) is not None


def _first_word(text: str) -> str:
    """What a name is called for short: "United" of "United Air Lines Inc."; or nothing."""
    match = _WORD.match(text)
    word = match.group() if match else ""
    return word if len(word) > 2 and word[0].isupper() and word.lower() not in _OPENINGS else ""


def _names(clause: str, text: str) -> bool:
    if len(text) < 2 or text not in clause:
        return False
    return re.search(rf"(?<!\w){re.escape(text)}(?!\w)", clause) is not None


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _holds(item: Stated, text: str, facts: _Facts) -> bool:
    if isinstance(item, Unreadable):
        return (
            re.search(rf"(?<!\w){re.escape(text[item.start : item.end])}(?!\w)", facts.question) is not None
        )
    if isinstance(item, Moment):
        return _moment_holds(item, facts)
    if _echoes(item, text, facts):
        return True
    if item.ordinal:
        return _rank_holds(item, text, facts)
    if _counts_rows(item, text, facts):
        return True
    return _before(text, item.start)[-1:] not in (["top"], ["bottom"]) and _stands_in_rows(item, text, facts)


def _moment_holds(item: Moment, facts: _Facts) -> bool:
    if item.clock:
        return item.clock in facts.clocks
    readings = [(item.year, item.month, item.day), *item.others]
    return any(_known_day(reading, facts) for reading in readings)


def _known_day(reading: tuple[int | None, int | None, int | None], facts: _Facts) -> bool:
    def fits(known: tuple[int, int, int]) -> bool:
        return all(said is None or said == known[i] for i, said in enumerate(reading))

    return any(fits(day) for day in facts.days) or _in_parts(reading, facts)


def _in_parts(reading: tuple[int | None, int | None, int | None], facts: _Facts) -> bool:
    """A date whose year, month and day stand in columns of their own, or in the question."""
    asked = {i.value for i in stated(facts.question) if isinstance(i, Numeral)}
    known = facts.months | {m for d in facts.days if (m := d[1])}
    year, month, day = reading
    if month not in known:
        return False
    columns = [labels.words(c.name)[-1:] for c in facts.result.columns]
    years = {v.value for v in facts.values.values() if columns[v.column] in (("year",), ("day",))}
    years |= {Decimal(d[0]) for d in facts.days} | asked
    return all(part is None or Decimal(part) in years for part in (year, day))


def _echoes(item: Numeral, text: str, facts: _Facts) -> bool:
    """True where the question holds the number, used in the same way."""
    for asked in stated(facts.question):
        if isinstance(asked, Numeral) and asked.value == item.value and asked.percent == item.percent:
            said_before = _before(text, item.start)
            asked_before = _before(facts.question, asked.start)
            if _same_use(said_before, asked_before, item) or _same_after(item, asked, text, facts.question):
                return True
    return False


def _same_after(item: Numeral, asked: Numeral, text: str, question: str) -> bool:
    """ "the 5 busiest airports" for "the 5 busiest airports": the phrase is the question's."""
    one, other = (_WORD.findall(t[:60])[:2] for t in (text[item.end :], question[asked.end :]))
    return len(one) == 2 and [w.lower() for w in one] == [w.lower() for w in other]


def _same_use(said: list[str], asked: list[str], item: Numeral) -> bool:
    last, asked_last = (said or [""])[-1], (asked or [""])[-1]
    direction, asked_direction = _direction(said), _direction(asked)
    if direction or asked_direction:
        return direction == asked_direction
    if item.value == item.value.to_integral_value() and 1000 <= item.value < 3000 and not item.percent:
        return last in _IN_TIME - {"of", "by"} or (last == asked_last and last not in _CLAIMING)
    if last in _ECHO_BY and asked_last in _ECHO_BY:
        return True
    return last == asked_last and last not in _CLAIMING and last != ""


def _direction(words: list[str]) -> str:
    phrase = " ".join(words)
    # Of two the nearer one counts: "no more than" begins with the longer.
    found = [(m.start(), "down") for m in _DOWN.finditer(phrase)]
    found += [(m.start(), "up") for m in _UP.finditer(phrase)]
    if re.search(r"\b(no|not) more\b", phrase):
        return "down"
    return max(found)[1] if found else ""


def _before(text: str, start: int) -> list[str]:
    clause = re.split(r"[.,;:!?()]\s", text[:start])[-1]
    words = [w.lower() for w in _WORD.findall(clause[-60:])]
    return [w for w in words if w not in ("the", "an")][-3:]


def _rank_holds(item: Numeral, text: str, facts: _Facts) -> bool:
    following = [w.lower() for w in _WORD.findall(text[item.end : item.end + 30])][:1]
    if following and following[0] in ("percentile", "century", "quarter", "decade"):
        return _stands_in_rows(item, text, facts)
    return 1 <= item.value <= facts.result.row_count


def _counts_rows(item: Numeral, text: str, facts: _Facts) -> bool:
    """True where the number counts the result's own rows or columns."""
    if item.percent or item.value != item.value.to_integral_value():
        return False
    following = [w.lower() for w in _WORD.findall(text[item.end : item.end + 40])][:2]
    if following[:1] in (["column"], ["columns"]):
        return item.value == len(facts.result.columns)
    counts = {"row", "rows", "result", "results", "record", "records"}
    if item.value == facts.result.row_count and counts & set(following):
        return True
    if facts.result.row_count < 2 or _is_measured(following, facts):
        return facts.result.row_count == 0 == item.value
    if item.value == facts.result.row_count:
        return True
    before = _before(text, item.start)
    return bool(before) and before[-1] in _PARTIAL and 1 <= item.value <= len(facts.result.rows)


def _is_measured(following: list[str], facts: _Facts) -> bool:
    """ "16 flights", where flights is a column of numbers, is said of a value and not of the rows."""
    measured = {
        word.rstrip("s") for c in facts.result.columns if c.kind.numeric for word in labels.words(c.name)[-1:]
    }
    return any(word.rstrip("s") in measured for word in following[:1])


def _stands_in_rows(item: Numeral, text: str, facts: _Facts) -> bool:
    clause = _clause(text, item.start)
    named = facts.rows_named(clause)
    exact = not item.hedge and _COUNTING.search(text, 0, item.start) is not None
    for value in facts.values.values():
        column = facts.result.columns[value.column]
        if exact and item.unit == 1 and not item.percent and value.value != item.value:
            continue
        if (named is None or value.rows & named) and _equals(item, value.value, clause, column):
            return True
    return any(_equals(item, value, clause, None) for value in facts.loose)


def _stand_by_their_names(items: Sequence[Stated], text: str, facts: _Facts) -> bool:
    """False where a sentence that names several rows gives them each other's numbers."""
    clauses: dict[str, list[tuple[int, set[int]]]] = {}
    spoken: dict[str, list[set[int]]] = {}
    dated = {_clause(text, item.start) for item in items if isinstance(item, Moment)}
    for item in (i for i in items if isinstance(i, Numeral)):
        clause = _clause(text, item.start)
        rows = _rows_holding(item, clause, facts)
        spoken.setdefault(clause, []).append(rows)
        if rows and not (_echoes(item, text, facts) or _counts_rows(item, text, facts)):
            clauses.setdefault(clause, []).append((item.start - text.index(clause), rows))
    return all(
        _paired(numbers, facts.names_in(clause))
        and (clause in dated or _placed(clause, spoken[clause], facts))
        for clause, numbers in clauses.items()
    )


def _said_as_often_as_found(items: Sequence[Stated], text: str, facts: _Facts) -> bool:
    """False where the one number of a single row is told of two things ("A has 7, while B has also 7")."""
    if facts.result.row_count != 1:
        return True
    said = Counter(
        item.value
        for item in items
        if isinstance(item, Numeral)
        and not (item.ordinal or _echoes(item, text, facts) or _counts_rows(item, text, facts))
    )
    for value, times in said.items():
        cells = sum(len(kept.rows) for kept in facts.values.values() if kept.value == value)
        if 0 < cells < times:
            return False
    return True


def _placed(clause: str, numbers: list[set[int]], facts: _Facts) -> bool:
    """False where one row's number is told as if it were that of all: nothing beside it says which row it is."""
    of_some = [rows for rows in numbers if 0 < len(rows) < len(facts.result.rows)]
    if facts.result.row_count < 2 or not of_some or _EXTREME.search(clause) or facts.names_in(clause):
        return True
    if facts.months and any(month in clause.lower() for month in MONTHS):
        return True
    return any(rows & other for i, rows in enumerate(of_some) for other in of_some[:i])


def _rows_holding(item: Numeral, clause: str, facts: _Facts) -> set[int]:
    holding = (
        value.rows
        for value in facts.values.values()
        if _equals(item, value.value, clause, facts.result.columns[value.column])
    )
    return set().union(*holding)


def _paired(numbers: list[tuple[int, set[int]]], names: list[tuple[int, set[int]]]) -> bool:
    """True where the numbers follow their names, or come before them, or stand in the same order."""
    if len({frozenset(rows) for _, rows in names}) < 2:
        return True
    follow = precede = True
    for place, rows in numbers:
        before = [known for start, known in names if start <= place]
        after = [known for start, known in names if start > place]
        follow = follow and bool(rows & (before[-1] if before else after[0]))
        precede = precede and bool(rows & (after[0] if after else before[-1]))
    in_order = len(numbers) == len(names) and all(
        rows & known for (_, rows), (_, known) in zip(numbers, names, strict=True)
    )
    return follow or precede or in_order


def _clause(text: str, position: int) -> str:
    start = 0
    for match in _CLAUSE_END.finditer(text):
        if match.start() >= position:
            return text[start : match.start()]
        start = match.end()
    return text[start:]


def _equals(item: Numeral, value: Decimal, clause: str, column: ResultColumn | None) -> bool:
    candidates = [value]
    if item.percent:
        candidates = _as_percent(value, column)
    if value < 0 and item.value >= 0 and _BELOW_ZERO.search(clause):
        candidates += [-c for c in candidates]
    return any(_rounds_to(item, candidate) for candidate in candidates)


def _as_percent(value: Decimal, column: ResultColumn | None) -> list[Decimal]:
    """The value per hundred, in each way that its column's name leaves open."""
    if column is None:
        return [value]
    if labels.is_percent(column):
        return [value]
    if labels.is_fraction(column):
        return [value * 100] if abs(value) <= 1 else [value]
    if column.kind is Kind.INTEGER:
        return []
    return [value, value * 100] if abs(value) <= 1 else [value]


def _rounds_to(item: Numeral, value: Decimal) -> bool:
    off = item.value - value
    if off == 0:
        return True
    if abs(off) > _LARGEST_ERROR * abs(value):
        return False
    # Whole numbers without a scale word show no rounding: 336,775 is not 336,776.
    shows_rounding = item.unit != 1 or value != value.to_integral_value()
    if shows_rounding and abs(off) * 2 <= item.unit:
        return True
    return bool(item.hedge) and _rounds_roughly(item, off)


def _rounds_roughly(item: Numeral, off: Decimal) -> bool:
    """ "about 337,000" for 336,776: its zeros were rounded, in the direction the word says."""
    digits = format(item.value.normalize(), "f").lstrip("-")
    zeros = len(digits) - len(digits.rstrip("0")) if "." not in digits else 0
    # The first digit stands alone in "about 300,000", which is too little to go by.
    unit = Decimal(10) ** min(zeros, max(len(digits) - 2, 0)) if zeros else item.unit
    if re.search(r"over|above|more than", item.hedge):
        return -unit < off < 0
    if re.search(r"nearly|almost|under|below|less than", item.hedge):
        return 0 < off < unit
    return abs(off) * 2 <= unit


def _names_hold(text: str, facts: _Facts) -> bool:
    quoted = (next(g for g in m.groups() if g is not None) for m in _QUOTED.finditer(text))
    if any(q.strip(" .,;:!?").lower() not in facts.phrases for q in quoted):
        return False
    return all(_known_word(match, text, facts) for match in _WORD.finditer(text))


def _known_word(match: re.Match[str], text: str, facts: _Facts) -> bool:
    word = re.sub(r"['’]s$", "", match.group())
    lower = word.lower()
    if not word[0].isupper() or _in_vocabulary(lower, facts) or lower in _PLAIN_CAPITALS:
        return True
    if lower in MONTHS:
        return MONTHS[lower] in facts.months
    # "5K", "1.2M" and "Q1" are read with their number.
    before = text[: match.start()]
    if before[-1:].isdigit() or text[match.end() : match.end() + 1].isdigit():
        return True
    opens = re.search(r"(^|[.!?:;(\"“—–-]\s*)$", before) is not None
    return opens and lower in _OPENINGS


def _in_vocabulary(lower: str, facts: _Facts) -> bool:
    singular = lower.removesuffix("s")
    return bool({lower, singular, f"{singular}s"} & facts.vocabulary)
