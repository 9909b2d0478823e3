"""By what a statement picks its rows, and whether its question names a literal for each of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from analyst.matching.concepts import name_words
from analyst.matching.frame import Frame

_COMPARING = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
_HIDDEN = (
    exp.Is,
    exp.Not,
    exp.NEQ,
    exp.Or,
    exp.Exists,
    exp.Like,
    exp.ILike,
    exp.Except,
    exp.Intersect,
    exp.Case,
)
_DATE_PARTS = frozenset(("year", "month", "day", "week", "quarter", "hour", "date", "time", "on", "at"))


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What is compared with a literal, and whether there are conditions besides."""

    texts: frozenset[str] = frozenset()
    """The columns that are compared with texts."""
    numbers: frozenset[str] = frozenset()
    """What is compared with numbers, as SQL."""
    plain: bool = False
    """True where nothing else picks rows: no emptiness, no denial, no column beside another, no day."""

    @property
    def words(self) -> frozenset[str]:
        """The words of what is compared."""
        return frozenset(w for name in self.texts | self.numbers for w in name_words(name))

    def covered(self, asked: Frame) -> bool:
        """True where the question names a literal for each of the conditions."""
        kinds = Counter(item.mark.kind for item in asked.literals if item.role != "top")
        pairs = Counter(item.role for item in asked.literals)
        numbers = kinds["number"] - min(pairs["GE"], pairs["LE"])
        return (
            self.plain
            and len(self.texts) <= kinds["value"] + kinds["quoted"]
            and len(self.numbers) <= numbers
        )


def conditions_of(tree: exp.Expr) -> Conditions:
    """The conditions of a statement; of one with several parts nothing is known."""
    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) > 1:
        return Conditions()
    picked = [node for node in (tree.args.get("where"), tree.args.get("having")) if node is not None]
    picked += list(tree.find_all(exp.Filter))
    texts, numbers, plain = set[str](), set[str](), True
    for part in picked:
        plain = plain and part.find(*_HIDDEN) is None and all(_is_condition(node) for node in _leaves(part))
        for node in part.find_all(*_COMPARING):
            (texts if _is_text(node) else numbers).add(node.this.sql().lower())
    return Conditions(texts=frozenset(texts), numbers=frozenset(numbers), plain=plain)


def _leaves(part: exp.Expr) -> Iterator[exp.Expr]:
    inner = part.expression if isinstance(part, exp.Filter) else part
    node = inner.this
    yield from node.flatten() if isinstance(node, exp.And) else (node,)


def _is_condition(node: exp.Expr) -> bool:
    """True for something compared with literals alone, which is no day."""
    if not isinstance(node, _COMPARING) or node.this.find(exp.Literal) is not None:
        return False
    rest = [value for key, value in node.args.items() if key != "this" and value]
    values = [v for value in rest for v in (value if isinstance(value, list) else [value])]
    dated = any(_DATE_PARTS & set(name_words(column.name)) for column in node.this.find_all(exp.Column))
    return not dated and all(isinstance(v, (exp.Literal, exp.Neg)) for v in values)


def _is_text(node: exp.Expr) -> bool:
    return any(literal.is_string for literal in node.find_all(exp.Literal))
