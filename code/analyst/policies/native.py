"""Native row security for Postgres from the same policies: a second wall, for when the first has a hole."""

from __future__ import annotations

from sqlglot import exp

from analyst.catalog import Catalog, Table
from analyst.errors import ConfigurationError, Refused
from analyst.guard.attributes import family, is_list_place
from analyst.guard.dialects import tongue
from analyst.guard.parsing import text_of
from analyst.guard.row_filters import condition, fill, named, usable
from analyst.guard.seeing import Rules, reduced
from analyst.policy import Policy, RowFilter

PREFIX = "analyst.user_"
"""Before a person's attribute, the name of the setting that holds its values as a text array."""

_OPENING = """\
-- Row security of the role {role}, policies {version}, for the database role {login}.
-- A second wall behind the rewriting of queries, made by `analyst policy sql`: run it as the tables' owner, and anew
-- when the policies change. Owners, superusers and roles with BYPASSRLS are not held by it; other roles keep what
-- they had. {login} can read what is granted here and nothing else.
{settings}BEGIN;
"""
_SETTINGS = """\
-- Before each query, set for its transaction (a text array; where it is missing, nothing is read): {names}
"""
_FILTERED = """\
DO $analyst$ BEGIN
  IF NOT (SELECT relrowsecurity FROM pg_class WHERE oid = {literal}::regclass) THEN
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY analyst_leaves_others_alone ON {table} USING (true) WITH CHECK (true);
  END IF;
END $analyst$;
DROP POLICY IF EXISTS {policy} ON {table};
CREATE POLICY {policy} ON {table} AS RESTRICTIVE FOR SELECT TO {login}
  USING ({condition});
"""


def native_security(policy: Policy, catalog: Catalog, *, login: str) -> str:
    """The statements that give a database role what a policy lets be seen, and no more.

    What is known of a person is written out where the policy has it; else each query has to set it (`settings`).
    Raises ConfigurationError for another dialect, or for a filter that does not fit.
    """
    if catalog.dialect != "postgres":
        raise ConfigurationError("Row security can be written for Postgres only.")
    rules = Rules(policy, dialect=catalog.dialect)
    names: set[str] = set()
    parts = [_revoked(catalog, login)]
    for table in reduced(catalog, policy).tables:
        stored = next(t for t in catalog.tables if t.key == table.key)
        try:
            parts.append(_opened(table, stored, rules.filters(table.key), catalog, policy, login, names))
        except Refused as error:
            raise ConfigurationError(f"The row filter of {table.schema}.{table.name}: {error}") from None
    listed = ", ".join(PREFIX + name for name in sorted(names))
    opening = _OPENING.format(
        role=policy.role,
        version=policy.version,
        login=_quoted(login),
        settings=_SETTINGS.format(names=listed) if names else "",
    )
    return opening + "\n".join(parts) + "COMMIT;\n"


def settings(policy: Policy) -> dict[str, str]:
    """What a transaction has to set for row security: each of a person's attributes as a text array."""
    return {PREFIX + name: _array(values) for name, values in policy.user}


def _array(values: tuple[str, ...]) -> str:
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in escaped) + "}"


def _revoked(catalog: Catalog, login: str) -> str:
    schemas = sorted({t.schema for t in catalog.tables})
    lines = [f"REVOKE ALL ON ALL TABLES IN SCHEMA {_quoted(s)} FROM {_quoted(login)};" for s in schemas]
    return "\n".join([*lines, ""])


def _opened(
    table: Table,
    stored: Table,
    filters: list[RowFilter],
    catalog: Catalog,
    policy: Policy,
    login: str,
    names: set[str],
) -> str:
    """One table: its row filters first, then what may be read of it."""
    place = f"{_quoted(table.schema)}.{_quoted(table.name)}"
    if filters and "view" in table.kind:
        return f"-- {place} is a view, which row security cannot filter: it is not opened here.\n"
    conditions = [_condition(f, stored, catalog, policy, names) for f in filters]
    lines = [f"GRANT USAGE ON SCHEMA {_quoted(table.schema)} TO {_quoted(login)};\n"]
    if conditions:
        together = " AND ".join(text_of(c, tongue("postgres")) for c in conditions)
        lines.append(
            _FILTERED.format(
                literal="'" + place.replace("'", "''") + "'",
                table=place,
                policy=_quoted(f"analyst_{policy.role}"[:60]),
                login=_quoted(login),
                condition=together,
            )
        )
    lines.append(f"GRANT SELECT{_columns(table, stored, conditions)} ON {place} TO {_quoted(login)};\n")
    if "$analyst$" in "".join(lines).replace("DO $analyst$", "").replace("END $analyst$", ""):
        raise ConfigurationError(f"The name {place} cannot be written into a script.")
    return "".join(lines)


def _columns(table: Table, stored: Table, conditions: list[exp.Expr]) -> str:
    """The columns that are granted: those that may be seen, and those that the rewritten query's filter reads."""
    read = {c.name for found in conditions for c in found.find_all(exp.Column)}
    seen = {c.name for c in table.columns}
    granted = [c.name for c in stored.columns if c.name in seen | read]
    whole = len(granted) == len(stored.columns)
    return "" if whole else f" ({', '.join(_quoted(name) for name in granted)})"


def _condition(
    found: RowFilter, stored: Table, catalog: Catalog, policy: Policy, names: set[str]
) -> exp.Expr:
    speech = tongue("postgres")
    if policy.user:
        return condition(found.sql, stored, catalog=catalog, policy=policy, speech=speech)

    def setting(place: exp.Placeholder, kind: str) -> list[exp.Expr]:
        name = place.name.removeprefix("user.")
        names.add(name)
        if place.parent is not None and is_list_place(place) and len(place.parent.expressions) > 1:
            raise Refused("A list of what is known of a person must stand alone in its IN.", rule="policy")
        values = f"CAST(CURRENT_SETTING('{PREFIX}{name}') AS TEXT[])"
        listed = f"SELECT CAST(unnest AS {family(kind)}) FROM UNNEST({values}) AS unnest"
        one = f"CAST(({values})[1] AS {family(kind)})"
        return [exp.Var(this=listed if is_list_place(place) else one)]

    statement = usable(found.sql, stored, catalog=catalog, speech=speech)
    fill(statement, setting)
    return named(statement, stored)


def _quoted(name: str) -> str:
    if not tongue("postgres").needs_quotes(name):
        return name
    return '"' + name.replace('"', '""') + '"'
