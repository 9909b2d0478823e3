"""Puts the parts together as the settings say; nothing is opened before it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from analyst import modeling
from analyst.catalog import KEPT_SECONDS, Catalog
from analyst.dispatching import FunctionDispatcher, StoreDispatcher
from analyst.engines.roots import rds_bundle, verified
from analyst.errors import ConfigurationError, NotFound
from analyst.example import Example, ExampleStatus
from analyst.policy import Policy
from analyst.ports import Dispatcher, Embedder, Model, ObjectStore, ResultStore, SqlWriter
from analyst.question import Step
from analyst.settings import Settings, variable
from analyst.source import Source
from analyst.sources import SourceTable, read_sources
from analyst.techniques import TECHNIQUES, Techniques
from analyst.writer import Writer

if TYPE_CHECKING:
    from analyst.access import Access
    from analyst.analyst import Analyst
    from analyst.asking import Desk
    from analyst.auditing import Audit
    from analyst.aws.secrets import Secrets
    from analyst.budgeting import Budgets
    from analyst.engines.connections import Connections
    from analyst.errands import RemoteErrands
    from analyst.exporting import Exporting
    from analyst.hearing import TimeReading
    from analyst.identifying import Entrances
    from analyst.identity import Principal
    from analyst.invoking import Function
    from analyst.library import Library
    from analyst.policies import Person, Policies, View
    from analyst.question_vectors import QuestionVectors
    from analyst.renewing import Renewal
    from analyst.reusing import Recall
    from analyst.stores.audit import AuditEntries
    from analyst.stores.catalogs import Catalogs
    from analyst.stores.examples import Examples
    from analyst.stores.object_files import ObjectFiles
    from analyst.stores.questions import Questions
    from analyst.stores.reused_results import ReusedResults
    from analyst.stores.state import State
    from analyst.stores.tokens import Tokens
    from analyst.teaching import Teaching
    from analyst.worker import Worker


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class House:
    """Every part of one process, made on first use."""

    def __init__(self, settings: Settings, *, local_model: Model | None = None) -> None:
        """`local_model` in place of the one that the settings name."""
        self.settings = settings
        self.clock = SystemClock()
        self._local_model = local_model
        self._acting: Person | None = None

    def act_as(self, person: Person | None) -> None:
        """Ask in somebody's place; for commands of whoever owns this installation, before anything is asked."""
        self._acting = person

    @cached_property
    def sources(self) -> SourceTable:
        """The databases that may be asked."""
        return read_sources(
            self.settings.sources,
            login=lambda arn: self._secrets.get(arn),
            anew=lambda arn: self._secrets.get(arn, fresh=True),
            variable=variable,
            connections=lambda: self.connections,
            rds_bundle=self._rds_bundle,
        )

    @cached_property
    def connections(self) -> Connections:
        """Connections to the sources, used again by one question after the other."""
        from analyst.engines.connections import Connections

        return Connections()

    def add_source(self, source: Source) -> None:
        """One more database that may be asked, for the life of this process."""
        self.sources.add(source)

    def tidy(self) -> None:
        """Remove what is older than the settings keep, and keep examples true; raises StoreError, ModelUnavailable."""
        seconds = self.settings.keep_results_days * 86_400
        self.results.expire(older_than_seconds=seconds)
        self.objects.expire(older_than_seconds=seconds)
        self.reused_results.forget(older_than_seconds=seconds)
        self.questions.forget(older_than_days=self.settings.keep_days)
        self.audit_entries.forget(older_than_days=self.settings.audit_days)
        self.tokens.forget(now=self.clock.now())
        self._keep_examples()

    def _keep_examples(self) -> None:
        """Out of service with those whose tables have changed; vectors anew where another model made them."""
        from analyst.reembedding import Reembedding
        from analyst.stores.example_vectors import ExampleVectors

        for source in self.sources.all:
            whole = self.catalogs.load(source.key)
            if whole is not None:
                self.teaching.sweep(whole)
        Reembedding(
            store=ExampleVectors(self.state), vectors=self.question_vectors, catalog=self.catalogs.load
        ).run()

    def close(self) -> None:
        """Give back what was opened."""
        if "connections" in self.__dict__:
            self.connections.close()
        if "state" in self.__dict__:
            self.state.close()

    @cached_property
    def access(self) -> Access:
        """Which policy holds for whom; raises ConfigurationError where the file of policies is wrong."""
        from analyst.access import Access

        settings = self.settings
        limits = Policy(row_limit=settings.row_limit, timeout_seconds=settings.timeout_seconds)
        return Access(limits=limits, policies=self._policies, acting=self._acting)

    @cached_property
    def _policies(self) -> Policies | None:
        from analyst import policies

        if self.settings.policies:
            return policies.read(Path(self.settings.policies).expanduser())
        return policies.read(self.settings.policies_text) if self.settings.policies_text else None

    @cached_property
    def state(self) -> State:
        """The connection to the product's own Postgres."""
        from analyst.stores.state import State

        if self.settings.state_secret:
            state = State(self._state_address)
            state.migrate()  # nothing else in AWS comes before the first event
            return state
        if not self.settings.state_url:
            raise ConfigurationError(
                "ANALYST_STATE_URL is not set: the product does not know its own database."
            )
        return State(self.settings.state_url)

    @cached_property
    def questions(self) -> Questions:
        """Questions, sessions and leases."""
        from analyst.stores.questions import Questions

        return Questions(self.state)

    @cached_property
    def examples(self) -> Examples:
        """Approved pairs."""
        from analyst.stores.examples import Examples

        return Examples(self.state)

    @cached_property
    def audit_entries(self) -> AuditEntries:
        """Who ran what, as it is kept."""
        from analyst.stores.audit import AuditEntries

        return AuditEntries(self.state)

    @cached_property
    def audit(self) -> Audit:
        """Writes down who tries to run what."""
        from analyst.auditing import Audit

        return Audit(self.audit_entries, clock=self.clock)

    @cached_property
    def catalogs(self) -> Catalogs:
        """What was read of the sources."""
        from analyst.stores.catalogs import Catalogs

        return Catalogs(self.state, reader_of=self.sources.reader_of)

    @cached_property
    def results(self) -> ResultStore:
        """Stored results."""
        if self.settings.bucket:
            from analyst.stores.result_objects import ResultObjects

            return ResultObjects(self.settings.bucket, client=self._s3)
        from analyst.stores.result_files import ResultFiles

        return ResultFiles(self.settings.data / "results")

    @cached_property
    def reused_results(self) -> ReusedResults:
        """Which stored results may be shown again."""
        from analyst.stores.reused_results import ReusedResults

        return ReusedResults(self.state)

    @cached_property
    def recall(self) -> Recall:
        """Shows rows again for the same query, of sources that allow it."""
        from analyst.reusing import Recall

        otherwise = self.settings.result_reuse
        return Recall(
            kept=self.reused_results,
            results=self.results,
            seconds_of=lambda key: self.sources.reuse_of(key, otherwise=otherwise),
            connection_of=self.sources.connection_of,
        )

    @cached_property
    def objects(self) -> ObjectStore:
        """Finished exports behind short-lived links."""
        if self.settings.bucket:
            from analyst.stores.export_objects import ExportObjects

            return ExportObjects(self.settings.bucket, client=self._s3)
        return self.object_files

    @cached_property
    def object_files(self) -> ObjectFiles:
        """Finished exports on this machine, where the gateway serves their links."""
        from analyst.stores.object_files import ObjectFiles

        return ObjectFiles(
            self.settings.data / "exports",
            secret=self.api_key.encode(),
            base_url=f"http://127.0.0.1:{self.settings.api_port}/objects",
        )

    @cached_property
    def exporting(self) -> Exporting:
        """Stored results as files."""
        from analyst.exporting import Exporting
        from analyst.stores.exports import Exports

        return Exporting(
            jobs=Exports(self.state),
            results=self.results,
            objects=self.objects,
            hand_over=self.dispatcher.hand_over_export,
        )

    def make_export(self) -> bool:
        """Make one large file that waits for a worker; False when there is none."""
        return self.exporting.make_one()

    @cached_property
    def api_key(self) -> str:
        """The key that callers of the API must send."""
        try:
            return (self.settings.data / "api_key").read_text(encoding="utf-8").strip()
        except OSError:
            raise ConfigurationError("There is no API key yet; `analyst up` makes one.") from None

    @cached_property
    def embedder(self) -> Embedder:
        """Turns questions into vectors."""
        from analyst.embedders import open_embedder

        options = {} if self.settings.embedder == "minilm" else self._bedrock_embedding()
        return open_embedder(self.settings.embedder, **options)

    @cached_property
    def question_vectors(self) -> QuestionVectors:
        """Turns questions into the vectors that examples are found by."""
        from analyst.question_vectors import QuestionVectors

        return QuestionVectors(self.embedder)

    @cached_property
    def model(self) -> Model:
        """The language model."""
        local = self._local_model if self.settings.model == "local" else None
        return modeling.remembered(local or modeling.model(self.settings), self.settings)

    @cached_property
    def writer(self) -> SqlWriter:
        """Writes SQL and words, in this process or behind a function."""
        if self.settings.querybot:
            from analyst.remote import RemoteWriter

            return RemoteWriter(
                self._function(self.settings.querybot),
                sql_model=self.settings.model_id,
                words_model=self.settings.words_model_id,
            )
        return Writer(sql_model=self.model, words_model=modeling.words_model(self.settings))

    @cached_property
    def analyst(self) -> Analyst:
        """Answers questions."""
        from analyst.analyst import Analyst

        return Analyst(
            questions=self.questions,
            examples=self.examples,
            catalogs=self.catalogs,
            results=self.results,
            sources=self.sources,
            vectors=self.question_vectors,
            writer=self.writer,
            clock=self.clock,
            access=self.access,
            audit=self.audit,
            words_by_model=self.settings.words == "model",
            words_rows=self.settings.words_rows,
            few_shot=self.settings.few_shot,
            time=self._time,
            techniques=self._techniques,
            abstain_below=self.settings.abstain_below,
            recall=self.recall,
            renew=self.renewal.soon,
            budgets=self.budgets,
        )

    @cached_property
    def budgets(self) -> Budgets:
        """What roles may spend on sources that charge by the query, and what they have spent."""
        from analyst.budgeting import Budgets
        from analyst.stores.spending import Spending

        return Budgets(Spending(self.state), clock=self.clock)

    @cached_property
    def renewal(self) -> Renewal:
        """Reads old catalogs anew, beside the questions."""
        from analyst.renewing import Renewal

        return Renewal(
            catalogs=self.catalogs,
            engine=lambda source: self.sources.engine(source, query_id="catalog"),
            lease=self.catalogs.lease,
        )

    def renew_catalog(self, source: str) -> None:
        """Read the catalog of a source anew, unless somebody does; raises nothing."""
        self.renewal.now(source)

    @property
    def _time(self) -> TimeReading:
        from analyst.hearing import TimeReading

        return TimeReading(follows=self.settings.time_follows, fiscal_start=self.settings.fiscal_start)

    @property
    def _techniques(self) -> Techniques:
        unknown = [name for name in self.settings.without if name not in TECHNIQUES]
        if unknown:
            raise ConfigurationError(
                f"ANALYST_WITHOUT names {unknown[0]!r}; there are {', '.join(TECHNIQUES)}."
            )
        return Techniques(frozenset(self.settings.without))

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """How questions reach a worker."""
        if self.settings.worker:
            return FunctionDispatcher(self._function(self.settings.worker))
        return StoreDispatcher(self.questions)

    @cached_property
    def desk(self) -> Desk:
        """Takes questions in and shows them."""
        from analyst.asking import Desk

        return Desk(
            questions=self.questions,
            results=self.results,
            sources=self.sources,
            library=self.library,
            dispatcher=self.dispatcher,
            clock=self.clock,
            audit=self.audit,
            access=self.access,
            catalogs=self.catalogs,
            together=self.state.transaction,
            reaches_sources=not self.settings.worker,
            most_at_once=self.settings.person_at_once,
        )

    @cached_property
    def library(self) -> Library:
        """Sources and examples, as far as each person may see them."""
        from analyst.library import Library

        return Library(
            sources=self.sources,
            catalogs=self.catalogs,
            examples=self.examples,
            access=self.access,
            audit=self.audit,
            together=self.state.transaction,
        )

    def view(self, source: str, principal: Principal | None) -> View:
        """What somebody sees of a source, by its key; raises Forbidden."""
        name = self.sources.name_of(source)
        policy = self.access.policy(principal, source=name)
        return self.access.view(self.catalog(source), policy, source=name)

    def catalog(self, source: str) -> Catalog:
        """All that is known of a source; where only the worker reaches it, the worker reads it."""
        if not self.settings.worker:
            return self.analyst.catalog(source)
        found = self.catalogs.load(source, newer_than_seconds=KEPT_SECONDS) or self._old_catalog(source)
        if found is None:
            self._errands.read_catalog(source)
            found = self.catalogs.load(source)
        if found is None:
            raise NotFound("The tables of this source are not known yet. Try again in a moment.")
        return found

    def _old_catalog(self, source: str) -> Catalog | None:
        """One that has grown old, which the worker is told to read anew."""
        from analyst.renewing import LEASE_SECONDS, STALE_SECONDS

        found = self.catalogs.load(source, newer_than_seconds=STALE_SECONDS)
        # A lease of the telling, not of the reading: many requests tell the worker once.
        if found is not None and self.catalogs.lease(f"tell {source}", LEASE_SECONDS):
            self._errands.renew_catalog(source)
        return found

    def read_catalog(self, source: str) -> None:
        """Have the catalog of a source in the store; raises a DatabaseError where it cannot be read."""
        self.analyst.catalog(source)

    @cached_property
    def teaching(self) -> Teaching:
        """Takes examples in and keeps them true."""
        from analyst.teaching import Teaching

        return Teaching(
            examples=self.examples,
            vectors=self.question_vectors,
            audit=self.audit,
            budgets=self.budgets,
            together=self.state.transaction,
        )

    def teach(
        self,
        source: str,
        question: str,
        sql: str,
        *,
        approve_as: str = "",
        note: str = "",
        principal: Principal | None = None,
    ) -> Example:
        """Keep a question/SQL pair of a source (by its key) as an example, approved where somebody is named.

        Its SQL must be one that the principal may run; without one it is the installation itself that teaches.
        """
        if self.settings.worker:
            example_id = self._errands.teach(
                source, question, sql, approve_as=approve_as, note=note, principal=principal
            )
            return self.examples.get(example_id)
        seen = self._seen_by(principal, source)
        engine = self.sources.engine(source, query_id="example")
        try:
            return self.teaching.propose(
                question,
                sql,
                seen=seen,
                engine=engine,
                by=principal.key if principal else "",
                approve_as=approve_as,
                note=note,
            )
        finally:
            engine.close()

    def explain(self, source: str, question: str, *, principal: Principal | None) -> dict[str, Any]:
        """What the answer cache makes of a question on a source (by its key), as far as the principal may see it."""
        if self.settings.worker:
            return self._errands.explain(source, question, principal=principal)
        from analyst.explaining import Explaining

        explaining = Explaining(
            examples=self.examples, vectors=self.question_vectors, clock=self.clock, time=self._time
        )
        found = explaining.explain(question, seen=self.view(source, principal))
        return found.to_dict(source=self.sources.name_of(source))

    def _seen_by(self, principal: Principal | None, source: str) -> View:
        if principal is not None:
            return self.view(source, principal)
        from analyst.policies import View

        whole = self.analyst.catalog(source)
        return View(policy=self.access.limits, whole=whole, catalog=whole)

    def count_examples(self) -> int:
        """How many approved examples there are."""
        return self.examples.count(status=ExampleStatus.APPROVED)

    def model_state(self) -> dict[str, Any]:
        """Whether the model can be asked: {"state", "done", "total", "message"}, sizes in bytes."""
        if self.settings.model != "local":
            return {"state": "ready", "done": 0, "total": 0, "message": ""}
        from analyst.local.instance import DataFolder
        from analyst.local.model_status import read_model_status

        status = read_model_status(DataFolder(self.settings.data).model_status)
        return asdict(status) if status else {"state": "loading", "done": 0, "total": 0, "message": ""}

    def worker(self, name: str, *, on_steps: Callable[[Sequence[Step]], None] | None = None) -> Worker:
        """What takes questions up."""
        from analyst.worker import Worker

        return Worker(questions=self.questions, analyst=self.analyst, name=name, on_steps=on_steps)

    @cached_property
    def tokens(self) -> Tokens:
        """What people show instead of proving anew who they are."""
        from analyst.stores.tokens import Tokens

        return Tokens(self.state)

    @cached_property
    def entrances(self) -> Entrances:
        """Who asks."""
        from analyst.identifying import Entrances

        return Entrances(
            self.settings,
            tokens=self.tokens,
            access=lambda: self.access,
            audit=lambda: self.audit,
            together=self.state.transaction,
            clock=self.clock,
            endpoint=self._sts,
        )

    @staticmethod
    def _sts() -> str:
        """Where STS is; asked only where a ticket names something else than AWS."""
        from analyst.aws.clients import client

        return str(client("sts").meta.endpoint_url)

    def _bedrock_embedding(self) -> dict[str, str]:
        return {"model_id": self.settings.embedder_id, "region": self.settings.region}

    def _state_address(self, anew: bool) -> str:
        """The URL of the product's own Postgres, as its secret has it now."""
        secret = self._secrets.get(self.settings.state_secret, fresh=anew)
        address = self.settings.state_address or f"{secret['host']}:{secret['port']}"
        user, password = (quote(str(secret[part]), safe="") for part in ("username", "password"))
        url = f"postgresql://{user}:{password}@{address}/{secret['dbname']}?sslmode={self.settings.state_tls}"
        return verified(url, rds=self._rds_bundle)

    @cached_property
    def _rds_bundle(self) -> str:
        return rds_bundle(self.settings.rds_ca, cache=self.settings.cache)

    @cached_property
    def _secrets(self) -> Secrets:
        from analyst.aws.clients import client
        from analyst.aws.secrets import Secrets

        return Secrets(client("secretsmanager"))

    @cached_property
    def _s3(self) -> Any:
        from analyst.aws.clients import client

        return client("s3")

    @cached_property
    def _errands(self) -> RemoteErrands:
        from analyst.errands import RemoteErrands

        return RemoteErrands(self._function(self.settings.worker))

    def _function(self, name: str) -> Function:
        from analyst.aws.clients import client
        from analyst.invoking import Function

        return Function(name, client=client("lambda", endpoint_url=self.settings.lambda_url))
