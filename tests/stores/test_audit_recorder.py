"""What the story tells the audit, and that nothing goes on where it cannot be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from analyst import tracing
from analyst.answer import Answer
from analyst.audit import AuditEntry, Kind
from analyst.auditing import Audit
from analyst.errors import AnalystError, Cancelled, ModelUnavailable, QueryFailed, Refused, StoreError
from analyst.policy import Policy
from analyst.question import Question, Status, Usage

AT = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = Policy(role="reader", version="7")


@dataclass
class Work:
    question: Question
    usage: Usage = field(default_factory=Usage)
    tried: str = ""
    policy: Policy = POLICY


@dataclass
class Log:
    down: bool = False
    kept: list[AuditEntry] = field(default_factory=list)

    def write(self, entry: AuditEntry) -> None:
        if self.down:
            raise StoreError("down")
        self.kept.append(entry)


class Fixed:
    def now(self) -> datetime:
        return AT


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def audit(log: Log) -> Audit:
    return Audit(log, clock=Fixed())


@pytest.fixture
def work() -> Work:
    question = Question(
        id="q", text="How many?", session_id="s", source="flights", asked_at=AT, request_id="r", person="ann"
    )
    return Work(question)


def tried(audit: Audit, work: Work, error: BaseException | None = None) -> None:
    with audit.attempt(Kind.QUESTION, work, draft="SELECT 1") as attempt:
        if error:
            raise error
        attempt.query, attempt.rows = "SELECT 1 LIMIT 11", 1


def test_an_attempt_says_all_that_is_known(log: Log, audit: Audit, work: Work) -> None:
    work.usage = Usage(model="m")
    with audit.attempt(Kind.EXAMPLE, work, draft="SELECT 1", example_id=4) as attempt:
        attempt.query, attempt.rows = "SELECT 1 LIMIT 11", 1
    (entry,) = log.kept
    assert (entry.kind, entry.verdict, entry.at) == (Kind.EXAMPLE, "ran", AT)
    assert (entry.request_id, entry.question_id, entry.person, entry.source) == ("r", "q", "ann", "flights")
    assert (entry.role, entry.policy_version, entry.question) == ("reader", "7", "How many?")
    assert (entry.draft, entry.query, entry.rows) == ("SELECT 1", "SELECT 1 LIMIT 11", 1)
    assert (entry.example_id, entry.model) == (4, "m")


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (Refused("no", rule="tables"), "refused:tables"),
        (QueryFailed("no", error_class="x"), "failed:query_failed"),
        (Cancelled("no"), "cancelled"),
        (KeyError("a secret"), "failed:internal"),
        (SystemExit(0), "failed:interrupted"),
    ],
)
def test_an_attempt_that_fails_is_told_and_fails_as_it_did(
    log: Log, audit: Audit, work: Work, error: BaseException, verdict: str
) -> None:
    with pytest.raises(type(error)):
        tried(audit, work, error)
    assert [e.verdict for e in log.kept] == [verdict]
    assert work.tried == verdict
    assert "secret" not in log.kept[0].text()


@pytest.mark.parametrize("error", [None, Refused("no"), KeyError()])
def test_what_cannot_be_told_fails(log: Log, audit: Audit, work: Work, error: Exception | None) -> None:
    log.down = True
    with pytest.raises(StoreError):
        tried(audit, work, error)


def test_the_end_of_the_process_goes_on_all_the_same(log: Log, audit: Audit, work: Work) -> None:
    log.down = True
    with pytest.raises(SystemExit):
        tried(audit, work, SystemExit(0))


def answered(status: Status) -> Callable[[], Answer]:
    return lambda: Answer(status=status)


def fails(error: AnalystError) -> Callable[[], Answer]:
    def run() -> Answer:
        raise error

    return run


@pytest.mark.parametrize(
    ("attempts", "ending", "verdicts"),
    [
        ([None], answered(Status.ANSWERED), ["ran"]),
        ([Refused("", rule="tables"), None], answered(Status.ANSWERED), ["refused:tables", "ran"]),
        ([None, Cancelled("")], answered(Status.ANSWERED), ["ran", "cancelled"]),
        ([], answered(Status.ANSWERED), ["declined"]),
        ([], answered(Status.CLARIFY), ["declined"]),
        ([None], answered(Status.CLARIFY), ["ran", "declined"]),
        ([Refused("", rule="tables")], answered(Status.UNANSWERABLE), ["refused:tables", "declined"]),
        ([], fails(Refused("", rule="read only")), ["refused:read only"]),
        ([Refused("", rule="tables")], fails(Refused("", rule="tables")), ["refused:tables"]),
        (
            [Refused("", rule="tables")],
            fails(ModelUnavailable("")),
            ["refused:tables", "failed:model_unavailable"],
        ),
        ([None], fails(Cancelled("")), ["ran", "cancelled"]),
    ],
)
def test_every_question_leaves_how_it_ended(
    log: Log,
    audit: Audit,
    work: Work,
    attempts: list[AnalystError | None],
    ending: Callable[[], Answer],
    verdicts: list[str],
) -> None:
    try:
        with audit.question(work) as whole:
            for error in attempts:
                try:
                    tried(audit, work, error)
                except AnalystError:
                    continue
            whole.answer = ending()
    except AnalystError as error:
        assert not isinstance(error, StoreError)
    assert [e.verdict for e in log.kept] == verdicts
    assert {e.question_id for e in log.kept} == {"q"}


def test_a_question_that_cannot_be_told_of_fails(log: Log, audit: Audit, work: Work) -> None:
    log.down = True
    with pytest.raises(StoreError), audit.question(work) as whole:
        whole.answer = Answer(status=Status.CLARIFY)


def test_other_things_are_told_with_the_request_that_is_served(log: Log, audit: Audit) -> None:
    with tracing.serving("request-9"):
        audit.record(Kind.REVOCATION, person="ann", source="flights", example_id=3, policy=POLICY)
    (entry,) = log.kept
    assert (entry.request_id, entry.person, entry.example_id, entry.verdict) == ("request-9", "ann", 3, "ran")
