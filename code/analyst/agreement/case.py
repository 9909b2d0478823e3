"""A statement beside its question: what it reads and compares, in the words of the catalog's names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from analyst.agreement.saying import Said
from analyst.catalog import Table
from analyst.linking.index import kept_index
from analyst.linking.naming import Speller
from analyst.linking.plain_forms import root
from analyst.repairing.aggregates import is_aggregate
from analyst.repairing.reading import Meaning, Reading

_SAME_TEXT = frozenset({"lower", "upper", "trim", "btrim", "initcap"})
_COMPARISONS = (exp.EQ, exp.NEQ, exp.Like, exp.ILike)


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A column that is compared to texts."""

    node: exp.Expr
    column: exp.Column
    meaning: Meaning
    texts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """A statement that was read, and what its question says."""

    reading: Reading
    said: Said

    @property
    def root(self) -> exp.Select | None:
        """The outermost SELECT; None for what is made of several."""
        tree = self.reading.tree
        return tree if isinstance(tree, exp.Select) else None

    def roots_of(self, name: str) -> frozenset[str]:
        """The roots of the words that a name is made of."""
        return frozenset(map(root, self._speller.parts(name)))

    @cached_property
    def _speller(self) -> Speller:
        return kept_index(self.reading.catalog).speller

    def tables(self) -> dict[tuple[str, str], Table]:
        """The catalog's tables that are read anywhere."""
        found = (self.reading.table(r) for place in self.reading.places for r in place.relations)
        return {t.key: t for t in found if t is not None}

    def column(self, node: exp.Expr | None) -> tuple[exp.Column, Meaning] | None:
        """The stored column that an expression is, put in another case or type at most."""
        node = _bare(node)
        found = self.reading.meaning(node) if isinstance(node, exp.Column) else None
        if found is None or not found.stored or not isinstance(node, exp.Column):
            return None
        return node, found

    def texts(self) -> Iterator[Compared]:
        """Every comparison of a stored column to texts in quotes."""
        for node in self.reading.tree.find_all(*_COMPARISONS, exp.In):
            made = self._compared(node)
            if made is not None:
                yield made

    def _compared(self, node: exp.Expr) -> Compared | None:
        sides = [
            node.this,
            *(node.expressions if isinstance(node, exp.In) else [node.args.get("expression")]),
        ]
        found = [self.column(side) for side in sides]
        one = next((f for f in found if f is not None), None)
        texts = tuple(text for side in sides if (text := text_in(side)) is not None)
        if one is None or len(texts) != len(sides) - 1:
            return None
        return Compared(node=node, column=one[0], meaning=one[1], texts=texts)

    def calls(self, *names: str) -> bool:
        """True where a function of one of these names is called anywhere."""
        every = self.reading.tree.find_all(exp.Anonymous, exp.Count)
        return any(_called(call) in names for call in every)

    def has_aggregate(self) -> bool:
        """True where anything is summed up anywhere."""
        return any(is_aggregate(node) for node in self.reading.tree.walk())


def text_in(node: exp.Expr | None) -> str | None:
    """The text of a literal in quotes, put in another case or type at most."""
    node = _bare(node)
    return node.name if isinstance(node, exp.Literal) and node.is_string else None


def _bare(node: exp.Expr | None) -> exp.Expr | None:
    """An expression without what changes its case or type."""
    while node is not None:
        if isinstance(node, (exp.Paren, exp.Cast)):
            node = node.this
        elif (
            isinstance(node, exp.Anonymous) and node.name.lower() in _SAME_TEXT and len(node.expressions) == 1
        ):
            node = node.expressions[0]
        else:
            break
    return node


def _called(call: exp.Expr) -> str:
    return "count" if isinstance(call, exp.Count) else call.name.lower()
