"""What differs between the three dialects, and parsers that take every function by the name it was given."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.dialects.postgres import Postgres
from sqlglot.dialects.redshift import Redshift
from sqlglot.dialects.trino import Trino
from sqlglot.generator import Generator
from sqlglot.generators.postgres import PostgresGenerator
from sqlglot.generators.redshift import RedshiftGenerator
from sqlglot.generators.trino import TrinoGenerator
from sqlglot.parser import Parser
from sqlglot.parsers.postgres import PostgresParser
from sqlglot.parsers.redshift import RedshiftParser
from sqlglot.parsers.trino import TrinoParser

from analyst.errors import Refused
from analyst.guard.words import names

# sqlglot knows many functions and rewrites some of them on the way (to_hex becomes HEX, which Postgres
# lacks). Here only those with a grammar of their own are known; every other keeps its name, so that the
# allowlist reads the very name that the database will look up.
_OWN_GRAMMAR = ("CAST", "EXTRACT", "JSON_OBJECT", "OVERLAY", "POSITION", "SUBSTRING", "TRIM", "TRY_CAST")
_KNOWN = ("ARRAY", "COUNT")
_Builders = dict[str, Callable[..., Any]]


_STEPS_A_TOKEN = 30
_STEPS_MORE = 2_000


class _Bounded(Parser):
    """Gives up on a text that is read again and again.

    On brackets behind words that may be types (`row(row(row(`) the parser tries every reading, twice as many
    with each bracket. What people write takes fewer than three steps a token.
    """

    _steps = _STEPS_MORE

    def _advance_chunk(self) -> None:
        self._steps = _STEPS_MORE + _STEPS_A_TOKEN * sum(len(chunk) for chunk in self._chunks)
        super()._advance_chunk()

    def _advance(self, times: int = 1) -> None:
        self._steps -= 1
        if self._steps < 0:
            raise Refused("The SQL can be read in too many ways.", rule="steps")
        super()._advance(times)


class _PostgresParser(_Bounded, PostgresParser):
    FUNCTIONS: ClassVar[_Builders] = {name: PostgresParser.FUNCTIONS[name] for name in _KNOWN}
    FUNCTION_PARSERS: ClassVar[_Builders] = {
        name: PostgresParser.FUNCTION_PARSERS[name] for name in _OWN_GRAMMAR
    }


class _RedshiftParser(_Bounded, RedshiftParser):
    FUNCTIONS: ClassVar[_Builders] = {name: RedshiftParser.FUNCTIONS[name] for name in _KNOWN}
    FUNCTION_PARSERS: ClassVar[_Builders] = {
        name: RedshiftParser.FUNCTION_PARSERS[name] for name in _OWN_GRAMMAR
    }


class _TrinoParser(_Bounded, TrinoParser):
    FUNCTIONS: ClassVar[_Builders] = {name: TrinoParser.FUNCTIONS[name] for name in _KNOWN}
    FUNCTION_PARSERS: ClassVar[_Builders] = {
        name: TrinoParser.FUNCTION_PARSERS[name]
        for name in (*_OWN_GRAMMAR, "JSON_QUERY", "JSON_VALUE", "LISTAGG")
    }


# Written back as they were read: operators that sqlglot would turn into functions, DISTINCT with arguments.


def _power(generator: Generator, node: exp.Pow) -> str:
    return generator.binary(node, "^")


def _square_root(generator: Generator, node: exp.Sqrt) -> str:
    return f"|/ {generator.sql(node, 'this')}"


def _cube_root(generator: Generator, node: exp.Cbrt) -> str:
    return f"||/ {generator.sql(node, 'this')}"


_OPERATORS: dict[type[exp.Expr], Callable[..., str]] = {
    exp.Pow: _power,
    exp.Sqrt: _square_root,
    exp.Cbrt: _cube_root,
}


class _PostgresGenerator(PostgresGenerator):
    MULTI_ARG_DISTINCT = True
    TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = {
        **PostgresGenerator.TRANSFORMS,
        **_OPERATORS,
    }


class _RedshiftGenerator(RedshiftGenerator):
    MULTI_ARG_DISTINCT = True
    TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = {
        **RedshiftGenerator.TRANSFORMS,
        **_OPERATORS,
    }


class _TrinoGenerator(TrinoGenerator):
    MULTI_ARG_DISTINCT = True


@dataclass(frozen=True, kw_only=True)
class Tongue:
    """One dialect as the guard needs it."""

    name: str
    sqlglot: Dialect
    parser: type[Parser]
    generator: type[Generator]
    name_bytes: int
    """Longer names are cut short by the database, and would then mean something else."""
    quoted_is_exact: bool
    """False where names are compared without case even in double quotes."""
    nested_comments: bool
    paths: bool
    """True where `column.field.field` reads into a value, and a dot never calls a function."""

    def fold(self, name: str, *, quoted: bool) -> str:
        """A name as the database stores it: ASCII letters go to lower case, unless quotes keep them."""
        if quoted and self.quoted_is_exact:
            return name
        return "".join(c.lower() if c.isascii() else c for c in name)

    def same(self, stored: str, wanted: str) -> bool:
        """True when a stored name is the folded one."""
        return stored == wanted if self.quoted_is_exact else stored.lower() == wanted.lower()

    def needs_quotes(self, name: str) -> bool:
        """True when the database would not read the bare name as this name."""
        return not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or name in _reserved()


@functools.lru_cache(maxsize=4)
def tongue(name: str) -> Tongue:
    """The dialect of that name; raises Refused for any other."""
    if name == "postgres":
        return Tongue(
            name=name,
            sqlglot=Postgres(),
            parser=_PostgresParser,
            generator=_PostgresGenerator,
            name_bytes=63,
            quoted_is_exact=True,
            nested_comments=True,
            paths=False,
        )
    if name == "redshift":
        return Tongue(
            name=name,
            sqlglot=Redshift(),
            parser=_RedshiftParser,
            generator=_RedshiftGenerator,
            name_bytes=127,
            quoted_is_exact=False,
            nested_comments=True,
            paths=True,
        )
    if name == "athena":
        return Tongue(
            name=name,
            sqlglot=Trino(),
            parser=_TrinoParser,
            generator=_TrinoGenerator,
            name_bytes=255,
            quoted_is_exact=False,
            nested_comments=False,
            paths=True,
        )
    raise Refused("The dialect is none of postgres, redshift and athena.", rule="dialect")


@functools.lru_cache(maxsize=1)
def _reserved() -> frozenset[str]:
    return names("reserved.txt")
