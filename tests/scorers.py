"""What the yardsticks call: functions of plain arguments that raise to refuse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyst.guard import check, load_catalog
from analyst.policies import of_case


def guard(sql: str, dialect: str) -> str:
    """The SQL that would run; raises Refused."""
    return check(sql, dialect=dialect).sql


def enforce(
    sql: str, dialect: str, policy: Mapping[str, Any], schema: Mapping[str, Mapping[str, Mapping[str, str]]]
) -> str:
    """The SQL that would run under a case's policy, on tables as the schema has them; raises Refused."""
    catalog = load_catalog(schema, dialect)
    return check(sql, dialect=dialect, catalog=catalog, policy=of_case(policy, catalog)).sql
