"""What is counted, added up, averaged or taken a share of, and in which unit it is told."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.matching.row import AGES, ENDS, LEADS, MEASURES, Row
from analyst.matching.tokens import MARKER, WORD

UNITS = frozenset(
    {
        "minute",
        "hour",
        "second",
        "day",
        "week",
        "month",
        "year",
        "mile",
        "kilometre",
        "dollar",
        "euro",
        "pound",
        "yen",
        "foot",
        "percent",
    }
)


SHOWN = ("show", "breakdown of", "give a breakdown of", "give me a breakdown of")


class Measured(Row):
    """What is counted, added up, averaged or taken a share of, and in which unit it is told."""

    def _implied(self) -> None:
        """ "Flights by month" are counted: nothing else can be told of rows for each stretch of time."""
        said = [t.text for i, t in enumerate(self.row) if t.kind == WORD and i not in self.used]
        asked = (*MEASURES, *ENDS, *LEADS, *AGES, "FIRST", "LAST", "WHICH", "WHO", "HOW", "WHEN", "WHERE")
        asks = any(t.kind == MARKER and t.text in asked and t.raw not in SHOWN for t in self.row)
        rows = bool(said) and (said[-1] in self.names.tables or self._is_done())
        if rows and not asks and self.groups and not set(said[:-1]) & self.names.numbers:
            self.made.implied = True
            self.made.measures["COUNT"] += 1
            self.made.measured["COUNT"] = frozenset(said)

    def _is_done(self) -> bool:
        """True where "cancellations" are what is told."""
        last = [t for i, t in enumerate(self.row) if t.kind == WORD and i not in self.used][-1]
        return last.raw.endswith(("ions", "als", "ures")) and last.text not in self.names.all

    def _measures(self) -> None:
        self._implied()
        asked = [
            i
            for i, t in enumerate(self.row)
            if t.kind == MARKER and t.text in MEASURES and i not in self.used
        ]
        self.used.update(asked)
        if any(self._is(i, "WHOLE") for i in range(len(self.row))):
            self.used.update(i for i in range(len(self.row)) if self._is(i, "WHOLE"))
            if not asked and not self.made.end:
                self.made.measures["SUM"] += 1
        for i in asked:
            name = self.row[i].text
            behind = self._phrase(i + 1)
            if behind and self._concepts(behind) <= {"amount", "value"}:
                behind = [*behind, *self._phrase(behind[-1] + 1)]
            if name == "SUM" and any(self.row[j].text == "COUNT" for j in asked):
                continue
            self.made.measures[name] = 1 if name == "SHARE" else self.made.measures[name] + 1
            self.made.measured[name] = self.made.measured.get(name, frozenset()) | self._concepts(behind)
            if name == "SUM" and self._may_be_rows(behind):
                self.made.flags["ROWS"] += 1
            if name == "COUNT":
                self._count(behind)
            elif name in ("SHARE", "FRACTION"):
                self._named_whole(i)
                things = self._concepts(self._before_things(behind))
                self.made.rated = self.row[i].raw in ("rate", "rates")
                self.made.base = frozenset() if self.row[i].raw in ("rate", "rates") else things

    def _named_whole(self, at: int) -> None:
        """The whole of "which share of cancelled orders were late?" are the cancelled ones, and not all."""
        named = next((i for i in (at + 1, at + 2) if self._is_literal(i, "value")), None)
        if named is None or (named == at + 2 and self.row[at + 1].raw != "of"):
            return
        behind = self._phrase(named + 1)
        verb = behind[-1] + 1 if behind else named + 1
        if verb < len(self.row) and self.row[verb].raw in ("was", "were", "is", "are", "had", "have", "has"):
            self.made.flags["WHOLE"] += 1

    def _before_things(self, behind: Sequence[int]) -> Sequence[int]:
        """Of "late flights from there" what stands before the flights: they are the whole that a share is of."""
        tables = [n for n, i in enumerate(behind) if self.row[i].text in self.names.tables]
        return behind[: tables[0]] if tables else behind

    def _may_be_rows(self, behind: Sequence[int]) -> bool:
        """True for the "total flights delayed", which may be their number, where an amount is named, too."""
        amounts = self.names.numbers - self.names.tables
        rows = any(self.row[n].plural and self.row[n].text in self.names.tables for n in behind)
        return rows and any(t.kind == WORD and t.text in amounts for t in self.row)

    def _count(self, behind: Sequence[int]) -> None:
        """What is counted: the first thing that the database has a table of, else the last word."""
        after = behind[-1] + 1 if behind else len(self.row)
        if not any(self.row[i].text in self.names.tables for i in behind) and self._is_literal(
            after, "value"
        ):
            behind = [*behind, *self._phrase(after + 1)]
        tables = [self.row[i].text for i in behind if self.row[i].text in self.names.tables]
        if not self.made.subject:
            self.made.subject = tables[0] if tables else self.row[behind[-1]].text if behind else ""

    def _unit(self) -> None:
        """ "in minutes" says how the answer is told."""
        for i, token in enumerate(self.row):
            if token.kind != WORD or token.text not in UNITS:
                continue
            before = self.row[i - 1] if i else token
            if self._is_literal(i + 1, "days") and token.text in ("year", "month", "week", "quarter", "day"):
                self.used.add(i)
            elif before.kind == "end" and before.text == "in":
                self.made.unit = token.text
                self.used.add(i)
