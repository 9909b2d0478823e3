"""The short form of a policy that the yardstick's cases have: plain names, one user, no roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyst.catalog import Catalog
from analyst.errors import ConfigurationError
from analyst.policies.naming import parts
from analyst.policy import Policy, RowFilter

_KEYS = {"user", "tables", "denied_columns", "row_filters", "row_limit"}


def of_case(case: Mapping[str, Any], catalog: Catalog) -> Policy:
    """The policy of `{"user", "tables", "denied_columns", "row_filters", "row_limit"}`.

    Bare names are of the default schema. The limit is one less than the case's, as every query asks for one row
    more than is shown, to tell whether there were more. Raises ConfigurationError for anything else in it.
    """
    if unknown := set(case) - _KEYS:
        raise ConfigurationError(f"The policy holds {min(unknown)}, which is not known.")
    return Policy(
        role=str(case.get("user", "")),
        version="case",
        tables=frozenset(_table(name, catalog) for name in case["tables"]),
        private=frozenset(
            (*_table(name, catalog), column)
            for name, columns in case.get("denied_columns", {}).items()
            for column in columns
        ),
        filters=tuple(
            RowFilter(schema=schema, table=table, sql=sql)
            for (schema, table), sql in (
                (_table(name, catalog), sql) for name, sql in case.get("row_filters", {}).items()
            )
        ),
        row_limit=int(case["row_limit"]) - 1,
    )


def _table(name: str, catalog: Catalog) -> tuple[str, str]:
    found = parts(name)
    if len(found) == 1:
        return catalog.default_schema, found[0]
    if len(found) == 2:
        return found[0], found[1]
    raise ConfigurationError(f"The policy names the table {name!r}, which is no name.")
