"""What a column's name says about its values, and how the name is read by a person."""

from __future__ import annotations

import re

from analyst.result import Kind, ResultColumn

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W_]+")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ID_WORDS = _set(
    "id ids code barcode num no nr number key uuid guid zip zipcode postcode phone fax isbn ssn sku iban"
)
_COUNTED = _set("num no nr number")
"""Alone they are a count: `count(*) AS num`."""
_ID_ENDINGS = ("id", "code", "num")
_NOT_IDS = _set(
    "paid unpaid prepaid repaid bid grid valid invalid void avoid solid liquid mid amid raid aid said laid "
    "acid covid hybrid rapid humid fluid mermaid maid kid lid rid squid stupid vivid timid plaid medicaid"
)

_TIME_PARTS = _set(
    "year yr quarter qtr month week day hour minute decade century dow doy weekday yearweek isoyear isodow"
)
_BUCKETS = _set("bucket bin decile quartile quintile percentile bracket")
_PERCENT = _set("pct percent percentage perc")
_FRACTION = _set("share ratio fraction proportion")
_NOT_PARTS = _set("avg average mean median rate ratio min max minimum maximum stddev variance speed price")
_TELLS_A_COUNT = _set("count number num avg average sum total per")


def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: "avgDepDelay" and "avg_dep_delay" -> avg, dep, delay."""
    return tuple(word.lower() for word in _WORD.findall(_CAMEL.sub(" ", name)))


def readable(name: str) -> str:
    """The name as words, empty for one that says nothing ("?column?")."""
    if name == "?column?":
        return ""
    return " ".join(words(name)) or name.strip()


def is_id(column: ResultColumn) -> bool:
    """True when the name says that the values name things rather than measure them."""
    parts = words(column.name)
    if not parts or (len(parts) == 1 and parts[0] in _COUNTED):
        return False
    last = parts[-1]
    return last in _ID_WORDS or (len(last) > 3 and last.endswith(_ID_ENDINGS) and last not in _NOT_IDS)


def is_time_part(column: ResultColumn) -> bool:
    """True for whole numbers that stand for a year, a month, an hour and so on."""
    parts = words(column.name)
    numeric = column.kind.numeric
    return numeric and bool(parts) and parts[-1] in _TIME_PARTS and not _counts(parts)


def is_bucket(column: ResultColumn) -> bool:
    """True for whole numbers that number the steps of a scale."""
    parts = words(column.name)
    return column.kind in (Kind.INTEGER, Kind.DECIMAL) and bool(parts) and parts[-1] in _BUCKETS


def is_percent(column: ResultColumn) -> bool:
    """True when the name says that the values are per hundred."""
    return bool(_PERCENT & set(words(column.name)))


def is_fraction(column: ResultColumn) -> bool:
    """True when the name says that the values are parts of one."""
    return bool(_FRACTION & set(words(column.name)))


def adds_up(column: ResultColumn) -> bool:
    """False when the name says that the sum of the values means nothing (an average, a rate)."""
    return not _NOT_PARTS & set(words(column.name))


def _counts(parts: tuple[str, ...]) -> bool:
    return bool(_TELLS_A_COUNT & set(parts[:-1]))
