"""The roles of a deployment, and the one policy that holds for a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analyst.errors import Forbidden
from analyst.identity import Principal
from analyst.policies.people import Entry, Person
from analyst.policy import MOST_ROWS, Policy, RowFilter

ANY = "*"
"""In place of a source's name: every source that has no rules of its own."""

Attributes = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class SourceRules:
    """What is seen of one source; the fields are those of `Policy`."""

    tables: frozenset[tuple[str, str]] | None = None
    hidden: frozenset[tuple[str, str]] = frozenset()
    columns: frozenset[tuple[str, str, str]] = frozenset()
    private: frozenset[tuple[str, str, str]] = frozenset()
    open_values: frozenset[tuple[str, str, str]] = frozenset()
    filters: tuple[RowFilter, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Role:
    """One role: its limits, and its rules by the name of the source."""

    name: str
    row_limit: int = MOST_ROWS
    timeout_seconds: float = 60.0
    cost_limit: float | None = None
    monthly_budget: float | None = None
    approves: bool = False
    """Whether it may make answers examples, and revoke examples."""
    sources: Mapping[str, SourceRules] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Policies:
    """All that `policies.toml` says."""

    version: str
    roles: Mapping[str, Role]
    everyone: Mapping[str, SourceRules] = field(default_factory=dict)
    """What holds for all roles, by the name of the source: it takes away and never adds."""
    people: tuple[Entry, ...] = ()
    """Who has which role: the first that fits."""

    def placed(self, principal: Principal) -> Person:
        """What somebody is here; raises Forbidden where no entry fits them."""
        for entry in self.people:
            if entry.fits(principal):
                return entry.person(principal)
        raise Forbidden("You have no role here.")

    def of(self, role: str, attributes: Attributes | None = None, *, source: str = "") -> Policy:
        """The policy of one person on one source; raises Forbidden for a role or a source that is not listed.

        Without a source it is the one that has no name, and a role without rules for `*` sees nothing there.
        """
        known = self.roles.get(role)
        if known is None:
            raise Forbidden("You have no role here.")
        if source and source not in known.sources and ANY not in known.sources:
            raise Forbidden("This source is not open to you.")
        rules = known.sources.get(source) or known.sources.get(ANY) or SourceRules(tables=frozenset())
        taken = [self.everyone[name] for name in (source, ANY) if name in self.everyone]
        return _policy(self.version, known, _together(rules, taken), attributes or {})

    def may_ask(self, role: str, source: str) -> bool:
        """True when a role has any rules for a source of that name."""
        known = self.roles.get(role)
        return known is not None and (source in known.sources or ANY in known.sources)


def _together(rules: SourceRules, taken: Sequence[SourceRules]) -> SourceRules:
    for more in taken:
        rules = replace(
            rules,
            hidden=rules.hidden | more.hidden,
            private=rules.private | more.private,
            filters=rules.filters + more.filters,
        )
    return rules


def _policy(version: str, role: Role, rules: SourceRules, attributes: Attributes) -> Policy:
    user = tuple(sorted((name, _values(value)) for name, value in attributes.items()))
    return Policy(
        role=role.name,
        version=version,
        sources=None if ANY in role.sources else frozenset(role.sources),
        tables=rules.tables,
        hidden=rules.hidden,
        columns=rules.columns,
        private=rules.private,
        open_values=rules.open_values,
        filters=rules.filters,
        user=user,
        row_limit=role.row_limit,
        timeout_seconds=role.timeout_seconds,
        cost_limit=role.cost_limit,
        monthly_budget=role.monthly_budget,
    )


def _values(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
