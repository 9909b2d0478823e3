"""What numbers are compared with, and in which direction."""

from __future__ import annotations

from analyst.matching.row import Row
from analyst.matching.tokens import END, MARKER, WORD

_HAVING = frozenset(("had", "has", "have"))
_COMPARING = frozenset({"GT", "GE", "LT", "LE", "WITHIN"})


class Compared(Row):
    """What numbers are compared with, and in which direction."""

    def _comparisons(self) -> None:
        compared, relating = [], []
        for i, token in enumerate(self.row):
            if token.kind != MARKER:
                continue
            if token.text in _COMPARING and self._is_number(i + 1):
                self.number_roles[i + 1] = token.text
                self.made.higher |= token.raw in ("higher than", "taller than")
                compared.append((token.text, self._before(i)))
                self._length_said_twice(i)
                self.used.add(i)
            elif (
                token.text == "BETWEEN"
                and self._is_number(i + 1)
                and self._is(i + 2, "AND")
                and self._is_number(i + 3)
            ):
                self.number_roles |= {i + 1: "GE", i + 3: "LE"}
                compared.append(("BETWEEN", self._before(i)))
                self.used |= {i, i + 2}
            elif token.text in ("ORMORE", "ORLESS"):
                number = next((n for n in (i - 1, i - 2) if self._is_number(n)), None)
                if number is None:
                    relating.append(token.text)
                else:
                    self.number_roles[number] = "GE" if token.text == "ORMORE" else "LE"
                    compared.append((self.number_roles[number], self._before(number)))
                self.used.add(i)
            elif token.text in _COMPARING:
                self.used.add(i)
                days = i + 1 < len(self.row) and self.row[i + 1].text == "days"
                relating += [] if days and token.raw in ("over", "within") else [token.raw]
        self.made.compared, self.made.relating = tuple(compared), tuple(relating)
        self._had_behind()

    def _had_behind(self) -> None:
        """ "Orders above 20 had a discount": it is not the discount that is above 20."""
        for i in self.number_roles:
            verb = self.row[i + 1] if i + 1 < len(self.row) else None
            if verb is not None and verb.kind == END and verb.raw in _HAVING and self._follows(i + 1) == WORD:
                self.made.flags["HAD"] += 1

    def _length_said_twice(self, at: int) -> None:
        """A "distance over 500 miles" is "longer than 500 miles", and so is "over 500 miles long"."""
        unit = self.row[at + 2].text if self._follows(at + 1) == WORD else ""
        before = at - 2 if at > 1 and self.row[at - 1].text == "of" else at - 1
        if unit in ("mile", "kilometre") and at and self.row[before].text == "distance":
            self.used.add(before)
        if unit and self._follows(at + 2) == WORD and self.row[at + 3].text == "long":
            self.used.add(at + 3)
