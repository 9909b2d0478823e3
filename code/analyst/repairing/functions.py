"""Functions of other dialects that have one plain counterpart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlglot import exp

from analyst.repairing.comparisons import cast
from analyst.repairing.kinds import MOMENTS
from analyst.repairing.reading import Reading, Sense

_Arguments = list[exp.Expr]
_Build = Callable[[_Arguments, Reading], exp.Expr | None]
_STRFTIME = {"Y": "YYYY", "m": "MM", "d": "DD", "H": "HH24", "M": "MI", "S": "SS", "j": "DDD", "y": "YY"}
_MYSQL = {
    **_STRFTIME,
    "i": "MI",
    "s": "SS",
    "M": "FMMonth",
    "b": "Mon",
    "W": "FMDay",
    "c": "FMMM",
    "e": "FMDD",
}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_UNITS = frozenset({"year", "quarter", "month", "week", "day", "hour", "minute", "second"})


def foreign_functions(reading: Reading) -> tuple[str, ...]:
    """IFNULL, YEAR(x), DATEDIFF and their like become what this dialect calls them."""
    known = _KNOWN[reading.tongue.name]
    notes: dict[str, None] = {}
    for call in reversed(list(reading.tree.find_all(exp.Anonymous))):  # inner ones first
        build = known.get(call.name.lower())
        counterpart = build(list(call.expressions), reading) if build is not None else None
        if counterpart is None:
            continue
        notes[f"{call.name} is not known here; {_named(counterpart, reading)} says the same."] = None
        call.replace(counterpart)
    return tuple(notes)


def _named(node: exp.Expr, reading: Reading) -> str:
    text = reading.text(node)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _renamed(name: str, *, least: int = 1, most: int = 9) -> _Build:
    def build(arguments: _Arguments, _: Reading) -> exp.Expr | None:
        if not least <= len(arguments) <= most:
            return None
        return exp.Anonymous(this=name, expressions=[a.copy() for a in arguments])

    return build


def _extract(unit: str) -> _Build:
    def build(arguments: _Arguments, reading: Reading) -> exp.Expr | None:
        if len(arguments) != 1:
            return None
        return exp.Extract(this=exp.Var(this=unit), expression=_moment(arguments[0], reading))

    return build


def _moment(node: exp.Expr, reading: Reading) -> exp.Expr:
    """A text in quotes needs its type said where a date is expected."""
    return cast(node, "timestamp") if reading.kind(node) == "literal" else node.copy()


def _date(node: exp.Expr, reading: Reading) -> exp.Expr:
    return node.copy() if reading.kind(node) == "date" else cast(node, "date")


def _today(arguments: _Arguments, _: Reading) -> exp.Expr | None:
    return exp.CurrentDate() if not arguments else None


def _now(arguments: _Arguments, _: Reading) -> exp.Expr | None:
    return exp.CurrentTimestamp() if not arguments else None


def _date_of(arguments: _Arguments, _: Reading) -> exp.Expr | None:
    word = arguments[0].name.lower() if len(arguments) == 1 and isinstance(arguments[0], exp.Literal) else ""
    return exp.CurrentDate() if word == "now" else None


def _unit(node: exp.Expr) -> str:
    name = node.name.lower() if isinstance(node, (exp.Column, exp.Literal, exp.Var)) else ""
    return name if name in _UNITS else name.removesuffix("s") if name.removesuffix("s") in _UNITS else ""


def _days_between(arguments: _Arguments, reading: Reading) -> exp.Expr | None:
    """DATEDIFF(day, a, b) is b - a; DATEDIFF(a, b) without a unit is a - b."""
    if len(arguments) == 3 and _unit(arguments[0]) == "day":
        later, earlier = arguments[2], arguments[1]
    elif len(arguments) == 2:
        later, earlier = arguments
    else:
        return None
    return exp.Paren(this=exp.Sub(this=_date(later, reading), expression=_date(earlier, reading)))


def _whole_units(arguments: _Arguments, _: Reading) -> exp.Expr | None:
    """TIMESTAMPDIFF(HOUR, a, b): the whole hours from a to b."""
    seconds = _SECONDS.get(_unit(arguments[0])) if len(arguments) == 3 else None
    if seconds is None:
        return None
    earlier, later = (cast(a, "timestamp") for a in arguments[1:])
    lapse = exp.Paren(this=exp.Sub(this=later, expression=earlier))
    total: exp.Expr = exp.Extract(this=exp.Var(this="EPOCH"), expression=lapse)
    if seconds > 1:
        total = exp.Div(this=total, expression=exp.Literal.number(str(seconds)))
    return exp.Anonymous(this="TRUNC", expressions=[total])


def _unit_in_quotes(name: str) -> _Build:
    """DATE_TRUNC(month, x), with the unit as a bare word that is no column here."""

    def build(arguments: _Arguments, reading: Reading) -> exp.Expr | None:
        first = arguments[0] if len(arguments) == 2 else None
        found = reading.meaning(first) if isinstance(first, exp.Column) and not first.table else None
        if first is None or found is None or not _unit(first):
            return None
        if found.sense is not Sense.NO_COLUMN and reading.kind(first) == "text":
            return None
        return exp.Anonymous(this=name, expressions=[exp.Literal.string(_unit(first)), arguments[1].copy()])

    return build


def _added(sign: type[exp.Add] | type[exp.Sub]) -> _Build:
    """DATE_ADD(x, INTERVAL 1 DAY)."""

    def build(arguments: _Arguments, reading: Reading) -> exp.Expr | None:
        if len(arguments) != 2 or not isinstance(arguments[1], exp.Interval):
            return None
        return exp.Paren(this=sign(this=_moment(arguments[0], reading), expression=arguments[1].copy()))

    return build


def _added_units(arguments: _Arguments, reading: Reading) -> exp.Expr | None:
    """DATEADD(day, -7, x)."""
    unit = _unit(arguments[0]) if len(arguments) == 3 else ""
    amount = re.fullmatch(r"-?\d+", reading.text(arguments[1])) if unit else None
    if amount is None:
        return None
    interval = exp.Interval(this=exp.Literal.string(f"{amount[0]} {unit}"))
    return exp.Paren(this=exp.Add(this=_moment(arguments[2], reading), expression=interval))


def _formatted(codes: Mapping[str, str], *, pattern_first: bool) -> _Build:
    def build(arguments: _Arguments, reading: Reading) -> exp.Expr | None:
        if len(arguments) != 2:
            return None
        pattern, moment = arguments if pattern_first else reversed(arguments)
        known = re.sub(r"%(\w)", lambda m: codes.get(m[1], "%"), pattern.name)
        if not isinstance(pattern, exp.Literal) or not pattern.is_string or "%" in known:
            return None
        value = moment.copy() if reading.kind(moment) in MOMENTS else cast(moment, "timestamp")
        return exp.Anonymous(this="TO_CHAR", expressions=[value, exp.Literal.string(known)])

    return build


def _joined_texts(arguments: _Arguments, reading: Reading) -> exp.Expr | None:
    if not 1 <= len(arguments) <= 2:
        return None
    first = arguments[0]
    inner = first.expressions[0] if isinstance(first, exp.Distinct) and first.expressions else first
    text = inner if reading.kind(inner) in ("text", "literal") else cast(inner, "text")
    what = exp.Distinct(expressions=[text.copy()]) if isinstance(first, exp.Distinct) else text.copy()
    divider = arguments[1].copy() if len(arguments) == 2 else exp.Literal.string(",")
    return exp.Anonymous(this="STRING_AGG", expressions=[what, divider])


def _position(*, text_first: bool) -> _Build:
    def build(arguments: _Arguments, _: Reading) -> exp.Expr | None:
        if len(arguments) != 2:
            return None
        ordered = arguments if text_first else arguments[::-1]
        return exp.Anonymous(this="STRPOS", expressions=[a.copy() for a in ordered])

    return build


def _counted(arguments: _Arguments, _: Reading) -> exp.Expr | None:
    if len(arguments) != 1:
        return None
    return exp.Filter(
        this=exp.Count(this=exp.Star(), big_int=True), expression=exp.Where(this=arguments[0].copy())
    )


def _chosen(arguments: _Arguments, _: Reading) -> exp.Expr | None:
    if len(arguments) != 3:
        return None
    condition, yes, no = (a.copy() for a in arguments)
    return exp.Case(ifs=[exp.If(this=condition, true=yes)], default=no)


def _median(arguments: _Arguments, _: Reading) -> exp.Expr | None:
    if len(arguments) != 1:
        return None
    call = exp.Anonymous(this="PERCENTILE_CONT", expressions=[exp.Literal.number("0.5")])
    order = exp.Order(expressions=[exp.Ordered(this=arguments[0].copy(), nulls_first=False)])
    return exp.WithinGroup(this=call, expression=order)


_COALESCE = _renamed("COALESCE", least=2, most=2)
_EVERYWHERE: Mapping[str, _Build] = MappingProxyType({"ifnull": _COALESCE, "curdate": _today, "iif": _chosen})
_POSTGRES: Mapping[str, _Build] = MappingProxyType(
    {
        **_EVERYWHERE,
        "isnull": _COALESCE,
        "timestampdiff": _whole_units,
        "date_trunc": _unit_in_quotes("DATE_TRUNC"),
        "date_part": _unit_in_quotes("DATE_PART"),
        **{u: _extract(u.upper()) for u in ("year", "month", "day", "hour", "minute", "quarter", "week")},
        "nvl": _COALESCE,
        "today": _today,
        "getdate": _now,
        "sysdate": _now,
        "date": _date_of,
        "datediff": _days_between,
        "date_sub": _added(exp.Sub),
        "date_add": _added(exp.Add),
        "dateadd": _added_units,
        "strftime": _formatted(_STRFTIME, pattern_first=True),
        "date_format": _formatted(_MYSQL, pattern_first=False),
        "group_concat": _joined_texts,
        "listagg": _joined_texts,
        "ucase": _renamed("UPPER", most=1),
        "lcase": _renamed("LOWER", most=1),
        "len": _renamed("LENGTH", most=1),
        "rand": _renamed("RANDOM", least=0, most=0),
        "instr": _position(text_first=True),
        "charindex": _position(text_first=False),
        "countif": _counted,
        "count_if": _counted,
        "median": _median,
        "stdev": _renamed("STDDEV", most=1),
    }
)
_KNOWN: Mapping[str, Mapping[str, _Build]] = MappingProxyType(
    {
        "postgres": _POSTGRES,
        "redshift": _EVERYWHERE,
        "athena": {**_EVERYWHERE, "isnull": _COALESCE, "nvl": _COALESCE, "getdate": _now},
    }
)
"""Redshift and Athena have most of the others themselves."""
