"""What there is to ask and to learn from, as far as one person may see it: sources, and approved pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

from analyst import sharing
from analyst.access import Access
from analyst.audit import Kind
from analyst.auditing import Audit
from analyst.errors import NotFound
from analyst.example import Example, ExampleStatus
from analyst.identity import Principal
from analyst.policies import View
from analyst.ports import CatalogStore, ExampleStore
from analyst.source import Source
from analyst.sources import SourceTable
from analyst.understanding import same_question

QUESTIONS = 12
"""Approved questions that a source is shown with."""


class Library:
    """Shows sources and examples, and has examples decided on."""

    def __init__(
        self,
        *,
        sources: SourceTable,
        catalogs: CatalogStore,
        examples: ExampleStore,
        access: Access,
        audit: Audit,
        together: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """What is done inside of `together` is stored as a whole or not at all."""
        self._sources = sources
        self._catalogs = catalogs
        self._examples = examples
        self._access = access
        self._audit = audit
        self._together = together

    def open_sources(self, principal: Principal) -> SourceTable:
        """The sources that somebody may ask; raises Forbidden where there is none, or no role."""
        self._access.person(principal)
        return self._sources.open_to(lambda name: self._access.may_ask(principal, source=name))

    def describe(self, source: Source, principal: Principal) -> dict[str, Any]:
        """A source as one person sees it, with approved questions to start from."""
        seen = self._seen(source, principal)
        approved = reversed(self._examples.all(source=source.key, status=ExampleStatus.APPROVED))
        questions = (example.question for example in self._shareable(approved, seen, principal, source))
        return {
            "name": source.name,
            "title": source.shown_title,
            "description": source.description,
            "engine": source.engine_word,
            "tables": len(seen.catalog.tables) if seen else None,
            "questions": list(islice(questions, QUESTIONS)),
        }

    def examples(
        self, principal: Principal, *, source: str = "", status: ExampleStatus | None = None
    ) -> list[Example]:
        """Those that somebody may be shown, newest first; of every source that is open where none is named."""
        opened = self.open_sources(principal)
        found: list[Example] = []
        for each in (opened.get(source),) if source else opened.all:
            of_source = iter(self._examples.all(source=each.key, status=status))
            found += self._shareable(of_source, self._seen(each, principal), principal, each)
        return sorted(found, key=lambda example: -example.id)

    def example(self, example_id: int, principal: Principal) -> Example:
        """One that somebody may be shown; all others are not there."""
        example = self._examples.get(example_id)
        source = self._sources.get(self._sources.name_of(example.source))
        if not self._access.may_ask(principal, source=source.name):
            raise NotFound(f"There is no example {example_id}.")
        if not any(self._shareable(iter((example,)), self._seen(source, principal), principal, source)):
            raise NotFound(f"There is no example {example_id}.")
        return example

    def decide(
        self,
        example_id: int,
        status: ExampleStatus,
        *,
        by: str,
        person: str = "",
        note: str = "",
        version: int | None = None,
    ) -> Example:
        """Approve or revoke an example in the name `by`, which the audit is told with the key of the person.

        `version` is the one that was looked at; without it the last decision wins. An approval by this way runs
        nothing: `Teaching.approve` does. Raises NotFound, and Conflict for another version or a quarantine.
        """
        with self._together():
            example = self._examples.decide(example_id, status, by=by, note=note, version=version)
            self._audit.record(
                Kind.REVOCATION if status is ExampleStatus.REVOKED else Kind.APPROVAL,
                person=person or by,
                source=example.source,
                text=example.question,
                draft=example.sql,
                example_id=example.id,
            )
        return example

    def reject(
        self, example_id: int, *, asked: str, by: str, person: str = "", note: str = "", decides: bool
    ) -> None:
        """Count that somebody called an answer of an example wrong; whoever `decides` takes it out of service.

        One that was asked in its own words is revoked. One that answered other words may be right for its own: it goes
        into quarantine until it was looked at. Raises NotFound.
        """
        with self._together():
            self._examples.rejected(example_id)
            example = self._examples.get(example_id)
            if decides and same_question(example.question, asked):
                self.decide(example_id, ExampleStatus.REVOKED, by=by, person=person, note=note)
            elif decides:
                self._doubt(example, asked, by=by, person=person)

    def _doubt(self, example: Example, asked: str, *, by: str, person: str) -> None:
        reason = f"{by} called its answer to “{asked}” wrong."
        if self._examples.quarantine(example.id, reason, version=example.version):
            self._audit.record(
                Kind.REVOCATION,
                person=person or by,
                source=example.source,
                text=example.question,
                draft=example.sql,
                example_id=example.id,
                detail=f"quarantined: {reason}",
            )

    def _seen(self, source: Source, principal: Principal) -> View | None:
        policy = self._access.policy(principal, source=source.name)
        whole = self._catalogs.load(source.key)
        return self._access.view(whole, policy, source=source.name) if whole else None

    def _shareable(
        self, examples: Iterator[Example], seen: View | None, principal: Principal, source: Source
    ) -> Iterator[Example]:
        """None before the tables are known, where a policy keeps anything back."""
        if seen is not None:
            return sharing.shareable(examples, seen)
        restricts = self._access.policy(principal, source=source.name).restricts
        return iter(()) if restricts else examples
