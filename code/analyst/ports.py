"""What the story needs from the outside, as protocols; the edges implement them, one driver per file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Protocol

from analyst.answer import Answer
from analyst.audit import AuditEntry
from analyst.catalog import Catalog
from analyst.draft import Draft, Query, Repair
from analyst.errors import Cancelled
from analyst.example import Example, ExampleStatus, Neighbour, Read
from analyst.question import Conversation, Question, Status, Step, Usage
from analyst.result import Cell, ResultColumn, ResultSet
from analyst.spending import Spent


class Cancellation:
    """A wish to stop that reaches whatever is running: an open connection, a stream, a query."""

    def __init__(self) -> None:
        self._wished = threading.Event()
        self._lock = threading.Lock()
        self._hooks: dict[int, Callable[[], None]] = {}

    @property
    def wished(self) -> bool:
        """True once somebody wants it to stop."""
        return self._wished.is_set()

    def wish(self) -> None:
        """Stop what runs now, and whatever starts later."""
        with self._lock:
            self._wished.set()
            hooks = list(self._hooks.values())
        for hook in hooks:
            hook()

    def check(self) -> None:
        """Raise Cancelled once the wish is there."""
        if self.wished:
            raise Cancelled("The question was cancelled.")

    def on_wish(self, hook: Callable[[], None]) -> Callable[[], None]:
        """Call `hook` from another thread when the wish comes; returns what takes the hook off again."""
        with self._lock:
            key = object()
            self._hooks[id(key)] = hook
            late = self._wished.is_set()
        if late:
            hook()
        return lambda: self._forget(key)

    def _forget(self, key: object) -> None:
        with self._lock:
            self._hooks.pop(id(key), None)


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """What a model reads: the stable part first, so that a server can keep it between requests."""

    system: str
    messages: tuple[tuple[str, str], ...]
    """("user" | "assistant", text) pairs, the question last."""
    max_tokens: int = 400
    temperature: float = 0.0
    seed: int | None = None
    """Where the server takes one, what makes a sample the same from run to run."""
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a model wrote."""

    text: str
    usage: Usage = field(default_factory=Usage)
    cut: bool = False
    """True when the model was stopped at `max_tokens`."""


class Model(Protocol):
    """A language model behind some server.

    Raises ModelUnavailable, ModelThrottled, ModelTimeout, ModelError or Cancelled, and nothing else.
    """

    @property
    def name(self) -> str:
        """The model's id, for the receipt."""
        ...

    def complete(self, prompt: Prompt, *, cancellation: Cancellation) -> Reply:
        """The model's whole reply; a wish to cancel closes the connection at once."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors of unit length; raises ModelUnavailable or ModelError."""

    @property
    def name(self) -> str:
        """The embedding model's id, stored with each vector."""
        ...

    @property
    def dimensions(self) -> int:
        """How long each vector is."""
        ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in the same order."""
        ...


@dataclass(frozen=True, kw_only=True)
class DraftRequest:
    """Everything querybot gets to write SQL: no store, no secret, no data source."""

    question: str
    dialect: str
    schema: str
    """The linked part of the catalog, as text for the model."""
    examples: tuple[tuple[str, str], ...] = ()
    """(question, SQL) pairs that a person approved."""
    turns: tuple[tuple[str, str], ...] = ()
    """(question, SQL) earlier in the conversation."""
    context: str = ""
    hints: str = ""
    """Stored values that the question names, as lines of text."""
    today: str = ""
    """The date that "today" means, ISO."""
    repair: Repair | None = None
    sample: int = 0
    """0: the likeliest SQL; 1, 2, …: another one, drawn by chance."""


@dataclass(frozen=True, kw_only=True)
class WordsRequest:
    """A small result to put into words: at most 50 rows, 200 characters a cell."""

    question: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    row_count: int
    summary: str = ""
    """For larger results, aggregates in place of rows."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """A model's words on a result, unchecked."""

    text: str
    usage: Usage = field(default_factory=Usage)


class SqlWriter(Protocol):
    """Writes SQL and words with a model; in process or behind a function."""

    def draft(self, request: DraftRequest, *, cancellation: Cancellation) -> Draft:
        """SQL for the question; raises UnusableReply or another ModelError."""
        ...

    def words(self, request: WordsRequest, *, cancellation: Cancellation) -> Words:
        """One or two sentences on the result; raises ModelError."""
        ...


class ResultSink(Protocol):
    """Takes a result while it streams; nothing is kept when it is left by an exception."""

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once, before any row."""
        ...

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next batch of rows, each cell as its `Kind` is written."""
        ...


class Engine(Protocol):
    """One database that may be asked; raises DatabaseError and its kinds, Cancelled, and nothing else."""

    @property
    def dialect(self) -> str:
        """ "postgres", "redshift" or "athena"."""
        ...

    @property
    def charges(self) -> bool:
        """True where every query costs money, so that none is run that is merely of use."""
        ...

    def catalog(self, *, source: str) -> Catalog:
        """What the database holds, read from its own catalog."""
        ...

    def explain(self, query: Query, *, timeout_seconds: float) -> float | None:
        """Have the database plan the query without running it; its estimate of the cost, in its own measure.

        That is the planner's cost on Postgres and Redshift, and on Athena the bytes that are read at most; None
        where it cannot be told. It and `run` may raise Refused(rule="partitions") for a large table that is read
        without a filter on its partitions, in a sentence that names a stored value.
        """
        ...

    def run(
        self,
        query: Query,
        sink: ResultSink,
        *,
        timeout_seconds: float,
        on_handle: Callable[[Mapping[str, Any]], None],
        cancellation: Cancellation,
    ) -> bool:
        """Stream at most `query.row_limit` rows to the sink; True when there were more.

        `on_handle` gets what `cancel` needs, before the query starts.
        """
        ...

    def cancel(self, handle: Mapping[str, Any]) -> bool:
        """Stop a query that any process started; True when it was found."""
        ...

    def bound(self, query: Query) -> Spent | None:
        """The most that a query may cost, before it runs; None where that is not known, or nothing is charged."""
        ...

    def spent(self) -> Spent | None:
        """What the last query that ran here cost, however it ended; None where nothing is charged by the query."""
        ...

    def can_write(self) -> bool:
        """True when the role could change data, which the receipt then says."""
        ...

    def close(self) -> None:
        """Give connections back."""
        ...


@dataclass(frozen=True, kw_only=True)
class QuestionRecord:
    """All that the store knows of a question; any process can show, stop or take it up."""

    question: Question
    status: Status
    steps: tuple[Step, ...] = ()
    answer: Answer | None = None
    error: Mapping[str, str] | None = None
    """{"code", "message"}; set when it failed, was refused or cancelled."""
    attempts: int = 0
    """How many times a worker has taken it up."""
    cancel_wished: bool = False
    handle: Mapping[str, Any] | None = None
    """The engine's handle of the query that runs now."""
    finished_at: datetime | None = None
    feedback: Mapping[str, Any] | None = None


class QuestionStore(Protocol):
    """Where questions live while they run and after; raises StoreError, NotFound, Conflict."""

    def add(self, question: Question) -> None:
        """Store a new question as queued; creates its session where that is new."""
        ...

    def get(self, question_id: str) -> QuestionRecord:
        """One question; raises NotFound."""
        ...

    def session(self, session_id: str, *, person: str, limit: int = 50) -> list[QuestionRecord]:
        """The newest questions of a session, oldest first; raises NotFound for another person's."""
        ...

    def sessions(self, *, person: str, limit: int = 50) -> list[Mapping[str, Any]]:
        """A person's sessions, newest first: {"session_id", "title", "questions", "last_asked_at"}."""
        ...

    def check_session(self, session_id: str, *, person: str) -> None:
        """Raise NotFound unless the session exists and is this person's."""
        ...

    def conversation(self, session_id: str, *, before: str, limit: int = 4) -> Conversation:
        """The answered turns before a question."""
        ...

    def claim(self, *, worker: str, lease_seconds: float, question_id: str | None = None) -> Question | None:
        """Take up one queued question, or one whose lease ran out, for this worker; None when there is none."""
        ...

    def fail_lost(self, tell: Callable[[Question, Status], None]) -> None:
        """End the questions whose leases ran out twice, with a clear error; `tell` is told of each as a part of it."""
        ...

    def renew(self, question_id: str, *, worker: str, lease_seconds: float) -> bool:
        """Keep the lease; True when somebody wishes to cancel; raises Conflict when it was lost."""
        ...

    def step(self, question_id: str, steps: Sequence[Step], *, worker: str) -> None:
        """Show the steps so far."""
        ...

    def show(self, question_id: str, answer: Answer, *, worker: str) -> None:
        """Show a part of the answer early (rows before words)."""
        ...

    def hold(self, question_id: str, handle: Mapping[str, Any] | None, *, worker: str) -> None:
        """Note the engine's handle, or that there is none any more."""
        ...

    def finish(
        self,
        question_id: str,
        status: Status,
        *,
        worker: str,
        steps: Sequence[Step],
        answer: Answer | None = None,
        error: Mapping[str, str] | None = None,
    ) -> None:
        """The end of a question; what ended already is left as it is."""
        ...

    def wish_cancel(self, question_id: str) -> QuestionRecord:
        """Note the wish; a question that nobody has taken up is cancelled at once. Returns it as it was before."""
        ...

    def feedback(self, question_id: str, feedback: Mapping[str, Any]) -> None:
        """Keep what a person thought of the answer."""
        ...


class ExampleStore(Protocol):
    """Approved pairs with their vectors; raises StoreError, NotFound, Conflict."""

    def propose(self, example: Example, vector: Sequence[float], *, embedder: str) -> Example:
        """Keep a new example (its id is given here), or return the one that says the same."""
        ...

    def decide(
        self,
        example_id: int,
        status: ExampleStatus,
        *,
        by: str,
        note: str = "",
        version: int | None = None,
    ) -> Example:
        """Approve or revoke; raises Conflict where it is no longer of that version, or in quarantine."""
        ...

    def quarantine(self, example_id: int, reason: str, *, version: int) -> bool:
        """Keep an approved example from serving; False where it changed since."""
        ...

    def checked(
        self, example_id: int, *, dialect: str, fingerprint: str, reads: Sequence[Read], version: int
    ) -> Example:
        """Note that the SQL is right for the tables as they are, which ends a quarantine."""
        ...

    def served(self, example_id: int) -> None:
        """Count an answer that it gave."""
        ...

    def rejected(self, example_id: int) -> None:
        """Count an answer of its that a person called wrong."""
        ...

    def get(self, example_id: int) -> Example:
        """One example; raises NotFound."""
        ...

    def same(self, example: Example) -> Example | None:
        """The stored one that says the same, whatever its status."""
        ...

    def worded(self, question: str, *, source: str) -> list[Example]:
        """The approved ones that ask in the same words, but for case, white space and closing punctuation."""
        ...

    def all(self, *, source: str | None = None, status: ExampleStatus | None = None) -> list[Example]:
        """Examples, newest first."""
        ...

    def count(self, *, status: ExampleStatus) -> int:
        """How many there are of a status, in all sources."""
        ...

    def outdated(self, *, source: str, fingerprint: str, after: int = 0, limit: int = 500) -> list[Example]:
        """Approved ones that may read what has changed, by their ids; those behind `after`."""
        ...

    def nearest(
        self, vector: Sequence[float], *, source: str, embedder: str, limit: int = 5
    ) -> list[Neighbour]:
        """The approved examples of a source that are nearest to a question, nearest first."""
        ...


class CatalogStore(Protocol):
    """Keeps what was read of a source; raises StoreError."""

    def load(self, source: str, *, newer_than_seconds: float | None = None) -> Catalog | None:
        """The stored catalog; None when it was never built or is older, unless a person edited it."""
        ...

    def save(self, catalog: Catalog) -> None:
        """Keep a catalog in place of the one before."""
        ...


class ResultStore(Protocol):
    """Keeps results once, until they expire; raises StoreError, NotFound."""

    def open(self, result_id: str) -> AbstractContextManager[ResultSink]:
        """A sink for a new result; it is stored when the context ends well, and not at all otherwise."""
        ...

    def head(self, result_id: str, *, rows: int, truncated: bool = False) -> ResultSet:
        """The first rows with the count of all."""
        ...

    def stream(self, result_id: str) -> tuple[tuple[ResultColumn, ...], Iterator[list[list[Cell]]]]:
        """The whole, in batches of rows."""
        ...

    def expire(self, *, older_than_seconds: float) -> int:
        """Remove old results; how many."""
        ...


@dataclass(frozen=True, kw_only=True)
class Reusable:
    """A stored result that may be shown again for the same query."""

    result_id: str
    digest: str
    """Of its rows, which tells whether they are still those."""
    can_write: bool
    """Whether the role that read them could also write."""
    age_seconds: float
    """Since its query began."""


class ReusableStore(Protocol):
    """Knows which stored result holds the rows of which query; raises StoreError."""

    def find(self, key: str, *, newer_than_seconds: float) -> Reusable | None:
        """The result of a query that began less long ago; None where there is none."""
        ...

    def keep(self, key: str, found: Reusable, *, source: str) -> None:
        """Note a result, unless that of a later run of the same query is known."""
        ...


class SpendingStore(Protocol):
    """Keeps what each role's queries have cost by month, which is given by its first day; raises StoreError."""

    def spent(self, role: str, *, month: date) -> float:
        """US dollars that a role's queries have cost in a month, all sources together."""
        ...

    def add(self, role: str, *, month: date, source: str, usd: float) -> None:
        """Add what a query has cost."""
        ...


class ObjectStore(Protocol):
    """Keeps finished files to take away, until they expire; raises StoreError, NotFound.

    A name is a plain file name with an ending ("<id>.csv").
    """

    def put(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file to write to; it is there when the context ends well, and not at all otherwise."""
        ...

    def link(self, name: str, *, seconds: int = 900) -> str:
        """A URL that downloads the file for so many seconds."""
        ...

    def exists(self, name: str) -> bool:
        """True when a finished file of that name is there."""
        ...

    def size(self, name: str) -> int:
        """Bytes of a finished file."""
        ...

    def read(self, name: str) -> BinaryIO:
        """A finished file, to be closed by the caller."""
        ...

    def expire(self, *, older_than_seconds: float) -> int:
        """Remove old files; how many."""
        ...


class AuditLog(Protocol):
    """Keeps for good who tried to run what; raises StoreError, and then nothing may be shown of what was tried."""

    def write(self, entry: AuditEntry) -> None:
        """Keep an entry after all others; one of the same id is kept once."""
        ...


class Dispatcher(Protocol):
    """Hands a stored question to a worker."""

    def hand_over(self, question_id: str) -> None:
        """Make sure that a worker looks at the question soon."""
        ...

    def hand_over_export(self, name: str) -> None:
        """Make sure that a worker makes that file soon."""
        ...


class Clock(Protocol):
    """Where "now" comes from."""

    def now(self) -> datetime:
        """The present instant, with its time zone."""
        ...
