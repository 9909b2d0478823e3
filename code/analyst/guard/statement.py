"""What the rules pass from one to the next: the parsed statement and what was found out about it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlglot import exp

from analyst.catalog import Catalog
from analyst.guard.dialects import Tongue
from analyst.guard.extents import Extents
from analyst.policy import Policy

if TYPE_CHECKING:
    from analyst.guard.scopes import Relation


@dataclass(kw_only=True)
class Statement:
    """One parsed statement; the rules may put other nodes into its tree."""

    tree: exp.Expr
    tongue: Tongue
    catalog: Catalog | None
    policy: Policy
    whole: Catalog | None = None
    """The catalog before the policy reduced it, for the policy's own row filters."""
    tables: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    visited: set[int] = field(default_factory=set)
    """The tables and columns that were resolved, by the id of their nodes."""
    relations: dict[int, list[Relation]] = field(default_factory=dict)
    """What stands in FROM of each SELECT, by the id of its node."""
    wrappers: dict[tuple[str, str], exp.Select] = field(default_factory=dict)
    """What stands in the place of each table that a policy keeps something back of."""
    origins: dict[int, Relation | None] = field(default_factory=dict)
    """The relation that each column belongs to, by the id of its node; None when it cannot be told."""

    @functools.cached_property
    def extents(self) -> Extents:
        """How large the values of the statement can get; sure only once its names are resolved."""
        return Extents(self.origins)
