"""Regular expressions that a query writes out: none that a database would try in endless ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.statement import Statement
from analyst.guard.words import bound

_MATCHING = (exp.RegexpLike, exp.RegexpILike, exp.SimilarTo)
_LENGTHS = frozenset({"repeat", "replicate", "lpad", "rpad"})
_TOKEN = re.compile(
    r"\\(.)|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|\((?:\?[:=!<]*)?|\)|\{(\d+)(,?)(\d*)\}|.", re.S
)


class _Repeats(Refused):
    """The one refusal of this rule."""

    def __init__(self) -> None:
        super().__init__("The regular expression repeats within repetitions.", rule="bounds")


def calm_patterns(statement: Statement) -> None:
    """Raise Refused for a pattern of nested repetitions, or one that is itself made by repetition."""
    for pattern in _patterns(statement.tree):
        if any(c.name.lower() in _LENGTHS for c in pattern.find_all(exp.Anonymous)):
            raise Refused("A regular expression must not be made by repetition.", rule="bounds")
        for literal in pattern.find_all(exp.Literal, exp.RawString, exp.ByteString):
            if not isinstance(literal, exp.Literal) or literal.is_string:
                check_pattern(literal.name)


def _patterns(tree: exp.Expr) -> Iterator[exp.Expr]:
    for node in tree.find_all(*_MATCHING, exp.Anonymous, exp.Substring):
        if isinstance(node, _MATCHING):
            yield node.expression
        elif isinstance(node, exp.Anonymous) and node.name.lower().startswith("regexp_"):
            yield from node.expressions[1:2]


def check_pattern(pattern: str) -> None:
    """Raise Refused when repetitions stand within repetitions, or multiply beyond the bound."""
    depths, starts = [0], [0]
    """How deep repetitions nest in each open bracket, and where it begins; the last is the innermost."""
    last, times, refers = 0, 1, False
    for found in _TOKEN.finditer(pattern):
        token, before, last = found[0], last, 0
        if token.startswith("("):
            depths.append(0)
            starts.append(found.end())
        elif token == ")" and len(depths) > 1:
            last = depths.pop() + _alone(pattern[starts.pop() : found.start()])
            depths[-1] = max(depths[-1], last)
        elif token in "*+" or (found[2] and (found[3] or int(found[2]) > 1)):
            depths[-1] = max(depths[-1], before + 1)
            times *= int(found[4] or found[2] or 1)
        elif found[1] and found[1].isdigit():
            refers = True
        if times > bound("pattern repetitions"):
            raise _Repeats()
    if depths[0] > bound("pattern depth") or (refers and depths[0] == bound("pattern depth")):
        raise _Repeats()


def _alone(inside: str) -> bool:
    """True for the inside of brackets that is one character or class with a repetition, as in (a+)+."""
    return (
        re.fullmatch(r"(?:\\.|\[\^?\]?[^\]]*\]|[^\\()\[\]|])(?:[*+]|\{\d+,\d*\})", inside, re.S) is not None
    )
