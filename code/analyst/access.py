"""Which policy holds for whom: a verified person becomes a role, and a role sees a part of a source."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace

from analyst.catalog import Catalog
from analyst.errors import ConfigurationError, Forbidden
from analyst.identity import Principal, Scope
from analyst.policies import Person, Policies, View, misfits, visible
from analyst.policy import Policy

logger = logging.getLogger(__name__)

MOST_KEPT = 16
"""Views that a process keeps, since a large catalog and all that is derived from it take their time."""


@dataclass(frozen=True, kw_only=True)
class Access:
    """Answers for one deployment; without policies everybody who is verified sees what the source's user sees."""

    limits: Policy
    """What holds for everybody."""
    policies: Policies | None = None
    acting: Person | None = None
    """In whose place all is asked, where a command on one machine says so."""
    _kept: dict[tuple[str, str], View] = field(default_factory=dict, repr=False, compare=False)

    def person(self, principal: Principal | None) -> Person:
        """The role of somebody, and what is known of them; raises Forbidden for who has none."""
        if self.acting is not None:
            return self.acting
        if self.policies is None:
            return Person(role=self.limits.role)
        if principal is None:
            raise Forbidden("Nobody has verified who asks.")
        return self.policies.placed(principal)

    def policy(self, principal: Principal | None, *, source: str) -> Policy:
        """What holds for somebody on a source, by its name; raises Forbidden."""
        if self.policies is None:
            return self.limits
        person = self.person(principal)
        found = self.policies.of(person.role, person.attributes, source=source)
        return replace(
            found,
            row_limit=min(found.row_limit, self.limits.row_limit),
            timeout_seconds=min(found.timeout_seconds, self.limits.timeout_seconds),
        )

    def may_ask(self, principal: Principal | None, *, source: str) -> bool:
        """True where somebody's role has rules for the source of that name."""
        if self.policies is None:
            return True
        try:
            return self.policies.may_ask(self.person(principal).role, source)
        except Forbidden:
            return False

    def may_approve(self, principal: Principal | None) -> bool:
        """True where somebody may decide on examples."""
        if principal is not None and Scope.APPROVE not in principal.scopes:
            return False
        if self.policies is None:
            return True
        role = self.policies.roles.get(self.person(principal).role)
        return role is not None and role.approves

    def view(self, whole: Catalog, policy: Policy, *, source: str) -> View:
        """What a policy leaves of a source's catalog; raises ConfigurationError where the two do not fit."""
        if self.policies is None:
            return View(policy=policy, whole=whole, catalog=whole)
        rules = replace(policy, user=())  # what is seen of the catalog does not depend on the person
        kept = self._kept.get((source, policy.role))
        if kept is None or kept.whole is not whole or kept.policy != rules:
            self._check_fit(whole, source)
            kept = View(policy=rules, whole=whole, catalog=visible(whole, policy))
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[source, policy.role] = kept
        return replace(kept, policy=policy)

    def _check_fit(self, whole: Catalog, source: str) -> None:
        """A rule that names what is not there may be a wrong spelling of what must be kept back: nothing is read."""
        assert self.policies is not None
        found = misfits(self.policies, whole, source=source)
        if found:
            logger.error("the policies do not fit the source %s: %s", source, " ".join(found))
            raise ConfigurationError(
                "The rules of this installation do not fit this source, so nothing was read."
                " Ask whoever runs it: its log names the rule, and so does `analyst policy check`."
            )
