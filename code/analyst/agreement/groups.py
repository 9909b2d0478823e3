""" "For each X": rows are put in groups, and each row says which X it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.saying import Unmet
from analyst.agreement.words import roots
from analyst.guard.tables import folded
from analyst.linking.plain_forms import root
from analyst.repairing.aggregates import aggregates, holds_window, same
from analyst.repairing.kinds import MOMENTS
from analyst.repairing.reading import Place
from analyst.values.folding import plain_words, singular

_X = r"((?:(?!(?:and|or|that|which|who|in|of|with|from|at|for|on|to|by|is|are|was|were|has|have)\b)[a-z_]+ ?){1,3})"
_LAST = r"(?:of the )?(?:(?:last|past|previous|next|first) )?(?:\d+ )?"
_EACH = re.compile(rf"\b(?:each|for every|in every) {_LAST}{_X}")
_PER = re.compile(rf"\b(?:per|(?:split|grouped|group|broken down) by) {_X}")
_BY = re.compile(
    r"\b(?:total|average|mean|numbers?|counts?|sum|how many)\b[^.?!,;]*?(?<!ed)(?<!en)(?<!de)(?<!nt) by (?:the )?"
    r"([a-z_]+(?: [a-z_]+)?)\s*(?:$|[.?!])"
)
_OFTEN = re.compile(r"\b(daily|weekly|monthly|quarterly|yearly|annual) (average|total|number|count|sum)\b")
_TOP = re.compile(rf"\btop \d+ {_X}")
_NO_GROUPS = re.compile(
    r"\bper (cent|hour|minute|second|square|capita|kilomet|mile)|\b(average|mean) (number|count|amount) of\b"
    r"|\bratio\b|\bon average\b"
)
_SEVERAL = re.compile(
    r"^\W*(which|who|list|what are the (top|names?)|(show|give|return|find)( me)? (the|all|top|a list))\b"
)
_BEST = re.compile(r"\b(most|least|highest|lowest|top|largest|smallest|longest|shortest|latest|earliest)\b")


def phrases(case: Case) -> list[str]:
    """What comes behind "each" and "per" in the question, and behind a closing "by" where it names a column."""
    plain = case.said.plain
    found = [m[1].strip() for m in _EACH.finditer(plain)]
    if not _NO_GROUPS.search(plain):
        found += [m[1].strip() for m in _PER.finditer(plain)]
    found += [m[1].strip() for m in _BY.finditer(plain) if m[1] == singular(m[1]) and _is_column(m[1], case)]
    return [f for f in found if plain_words(f)]


def _is_column(phrase: str, case: Case) -> bool:
    """True where all words of a phrase stand in the name of a column, or of its table, that may be read."""
    wanted, tables = set(roots_of_phrase(phrase)), case.tables().values()
    named = {root(w) for m in case.said.mentions for w in plain_words(m.phrase)}
    names = (case.roots_of(t.name) | case.roots_of(c.name) for t in tables for c in t.columns)
    return not wanted & named and any(wanted <= words for words in names)


def roots_of_phrase(phrase: str) -> list[str]:
    """The roots of a phrase's words."""
    return [root(w) for w in plain_words(phrase)]


def no_groups(case: Case) -> Iterator[Unmet]:
    """Something is asked for each X, and everything is summed up into one row."""
    wanted = ungrouped(case)
    if wanted:
        asked = f'The question asks for several rows ("{wanted}")'
        yield Unmet(kind="groups", said=f"{asked}, but the SQL sums everything up into one: use GROUP BY.")


def ungrouped(case: Case) -> str:
    """What rows should be grouped by and are not; empty where all is well."""
    if not _is_one_row(case):
        return ""
    found = next((p for p in phrases(case) if not _is_averaged(p, case)), "")
    other = _TOP.search(case.said.plain) or _OFTEN.search(case.said.plain)
    return found or (other[1].strip() if other is not None else "")


def _is_averaged(phrase: str, case: Case) -> bool:
    """True for one average of all: of the rows that are read, "the speed of each flight", or a count by a count."""
    if not case.said.says(r"\baverage|\bmean\b"):
        return False
    names = [case.roots_of(t.name) for t in case.tables().values()]
    of_rows = any(set(roots_of_phrase(phrase)) & name for name in names)
    return of_rows or case.reading.tree.find(exp.Div) is not None


def best_of_each(case: Case) -> Iterator[Unmet]:
    """ "For each X, which Y has the most", and nothing finds the first of each X."""
    found = re.search(rf"^\W*(?:for|in|at|within|from) each {_X}, *(?:which|what|who)\b", case.said.plain)
    if found is None or not _BEST.search(case.said.plain) or case.root is None:
        return
    if case.reading.tree.find(exp.Window, exp.Lateral) or case.calls(
        "max", "min", "max_by", "min_by", "array_agg"
    ):
        return
    if not case.reading.tree.find(exp.Distinct, exp.Subquery, exp.Exists):
        said = f"The question asks for the best of each {found[1].strip()}: rank the rows within each."
        yield Unmet(kind="best of each", said=said)


def _is_one_row(case: Case) -> bool:
    """True where the outermost SELECT has aggregates of tables alone, and nothing is grouped anywhere."""
    select = case.root
    if (
        select is None
        or not case.reading.places
        or case.reading.tree.find(exp.Group, exp.Window, exp.Lateral)
    ):
        return False
    tables_only = all(r.table for r in case.reading.places[0].relations)
    figures = all(aggregates(p) and not p.find(exp.Query) for p in select.expressions)
    return tables_only and bool(select.expressions) and figures


def hidden_groups(case: Case) -> Iterator[Unmet]:
    """Rows are put in groups, and no column says which one a row is about."""
    if not are_rows_asked(case) or not (hidden(case) or hidden_outside(case)):
        return
    found = phrases(case)
    asked = f"The question asks for each {found[0]}" if found else "The question asks for several things"
    said = f"{asked}, but no column of the output says which one a row is about."
    yield Unmet(kind="hidden group", said=said)


def are_rows_asked(case: Case) -> bool:
    """True where more than one figure is asked for: for each of something, or which ones."""
    one = case.root is not None and (limit := case.root.args.get("limit")) and limit.text("expression") == "1"
    return bool(phrases(case)) or (not one and _SEVERAL.search(case.said.plain) is not None)


def hidden(case: Case) -> list[exp.Expr]:
    """The keys of the outermost groups, where none of them is shown; nothing where one is."""
    if case.root is None or not case.reading.places:
        return []
    return _unshown(case.reading.places[0], case) if case.reading.places[0].select is case.root else []


def _unshown(place: Place, case: Case) -> list[exp.Expr]:
    group, outputs = place.select.args.get("group"), [p.unalias() for p in place.select.expressions]
    if group is None or any(v for k, v in group.args.items() if k != "expressions"):
        return []
    if any(_is_shown(key, outputs, place, case) for key in group.expressions):
        return []
    return list(group.expressions) if all(aggregates(o) or holds_window(o) for o in outputs) else []


def _is_shown(key: exp.Expr, outputs: list[exp.Expr], place: Place, case: Case) -> bool:
    if isinstance(key, exp.Literal):
        return True
    if isinstance(key, exp.Column) and not key.table and key.name.lower() in place.outputs:
        return True
    return any(same(key, output, case.reading) for output in outputs)


def hidden_outside(case: Case) -> list[str]:
    """The output names of the keys of the one WITH query that is read, where only its figures are shown."""
    inner = _only_source(case)
    if inner is None or case.root is None:
        return []
    group = inner.args.get("group")
    place = next((p for p in case.reading.places if p.select is inner), None)
    if (
        group is None
        or place is None
        or not all(isinstance(p.unalias(), exp.Column) for p in case.root.expressions)
    ):
        return []
    shown = {p.unalias().name.lower() for p in case.root.expressions}
    keys: list[str] = []
    figures: list[str] = []
    for output in inner.expressions:
        is_key = any(_is_shown(k, [output.unalias()], place, case) for k in group.expressions)
        (keys if is_key else figures).append(output.alias_or_name.lower())
    return keys if shown and shown <= set(figures) else []


def _only_source(case: Case) -> exp.Select | None:
    """The SELECT of the one WITH query that the outermost SELECT reads, row by row."""
    select = case.root
    with_ = select.args.get("with_") if select is not None else None
    source = select.args.get("from_") if select is not None else None
    if (
        select is None
        or with_ is None
        or source is None
        or select.args.get("joins")
        or select.args.get("group")
    ):
        return None
    if not isinstance(source.this, exp.Table) or any(aggregates(p) for p in select.expressions):
        return None
    tongue = case.reading.tongue
    name = folded(source.this.this, tongue)
    inner = [c.this for c in with_.expressions if folded(c.args["alias"].this, tongue) == name]
    return inner[0] if len(inner) == 1 and isinstance(inner[0], exp.Select) else None


def no_times(case: Case) -> Iterator[Unmet]:
    """ "In each of the last 3 weeks", and neither a group nor an output column is about time."""
    found = [p for p in phrases(case) if roots_of_phrase(p)[0] in roots("times")]
    if not found or not case.reading.tree.find(exp.Group):
        return
    parts = [p for place in case.reading.places for p in place.select.expressions if not aggregates(p)]
    parts += [k for g in case.reading.tree.find_all(exp.Group) for k in g.expressions]
    if not any(_is_timed(part, case) for part in parts):
        yield Unmet(
            kind="time group",
            said=f"The question asks for each {found[0]}, but the SQL does not group by time.",
        )


def _is_timed(node: exp.Expr, case: Case) -> bool:
    if node.find(exp.CTE) or isinstance(node, (exp.Star, exp.Literal)):
        return True
    if node.find(exp.Case):
        return False
    columns = list(node.find_all(exp.Column))
    named = [c.name for c in columns] + ([node.alias] if node.alias else [])
    return any(case.reading.kind(c) in MOMENTS for c in columns) or any(
        roots("times", "timed") & case.roots_of(n) for n in named
    )
