"""Keys that are compared although they say which row of different tables is meant."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.saying import Unmet
from analyst.repairing.join_keys import are_strangers
from analyst.repairing.reading import Meaning


def strangers(case: Case) -> Iterator[Unmet]:
    """ "author.aid IN (SELECT oid FROM organization)": an author's key is never an organization's."""
    for one, other, shown in _pairs(case):
        left, right = case.reading.meaning(one), case.reading.meaning(other)
        if left is None or right is None or not _are_strangers(left, right, case):
            continue
        yield Unmet(
            kind="keys",
            said=f"{shown[0]} and {shown[1]} say which row of different tables is meant: they are not comparable.",
        )


def _pairs(case: Case) -> Iterator[tuple[exp.Expr, exp.Expr, tuple[str, str]]]:
    for node in case.reading.tree.find_all(exp.EQ, exp.In):
        other = node.args.get("expression") or _only_output(node.args.get("query"))
        if isinstance(node.this, exp.Column) and isinstance(other, exp.Column):
            yield node.this, other, (case.reading.text(node.this), case.reading.text(other))


def _only_output(query: exp.Expr | None) -> exp.Expr | None:
    select = query.this if isinstance(query, exp.Subquery) else query
    if isinstance(select, exp.Select) and len(select.expressions) == 1:
        output: exp.Expr = select.expressions[0].unalias()
        return output
    return None


def _are_strangers(left: Meaning, right: Meaning, case: Case) -> bool:
    if left.relation is None or right.relation is None or not left.stored or not right.stored:
        return False
    tables = case.reading.table(left.relation), case.reading.table(right.relation)
    if tables[0] is None or tables[1] is None:
        return False
    return are_strangers(left, right, (tables[0], tables[1]), case.reading)
