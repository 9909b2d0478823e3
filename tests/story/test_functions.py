"""Functions that call each other: querybot's models, errands, and the wish to cancel."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from analyst import errands, modeling, tracing
from analyst.draft import Decision, Draft
from analyst.errors import Cancelled, ConfigurationError, FunctionFailed, ModelUnavailable, UnusableReply
from analyst.example import Example
from analyst.identity import Entrance, Principal, Scope
from analyst.invoking import Function
from analyst.ports import Cancellation, DraftRequest, SqlWriter, Words, WordsRequest
from analyst.question import Usage
from analyst.remote import RemoteWriter, serve
from analyst.settings import Settings

REQUEST = DraftRequest(question="How many?", dialect="postgres", schema="CREATE TABLE t (a int);")


class Invoked:
    """Lambda's client, with the called function in this process."""

    def __init__(self, handler: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        self.events: list[dict[str, Any]] = []
        self._handler = handler

    def invoke(self, *, FunctionName: str, Payload: bytes, **_: str) -> dict[str, Any]:
        self.events.append(json.loads(Payload))
        return {"Payload": io.BytesIO(json.dumps(self._handler(self.events[-1])).encode())}


class Scribe:
    """A writer that notes which model was asked."""

    def __init__(self, model: str, *, fails: Exception | None = None) -> None:
        self._model, self._fails = model, fails

    def draft(self, request: DraftRequest, *, cancellation: Cancellation) -> Draft:
        if self._fails:
            raise self._fails
        return Draft(
            decision=Decision.ANSWER, sql=f"SELECT 1 -- {self._model}", usage=Usage(completion_tokens=3)
        )

    def words(self, request: WordsRequest, *, cancellation: Cancellation) -> Words:
        return Words(text=f"one, says {self._model}")


def remote(writer: Callable[[str], SqlWriter], **models: str) -> tuple[RemoteWriter, Invoked]:
    client = Invoked(lambda event: serve(event, writer))
    return RemoteWriter(Function("querybot", client=client), **models), client


def test_each_purpose_names_its_model_and_the_request() -> None:
    writer, client = remote(Scribe, sql_model="big", words_model="small")
    with tracing.serving("request-7"):
        draft = writer.draft(REQUEST, cancellation=Cancellation())
        words = writer.words(
            WordsRequest(question="How many?", columns=("n",), rows=(("1",),), row_count=1),
            cancellation=Cancellation(),
        )
    assert draft.sql.endswith("big") and words.text.endswith("small") and draft.usage.completion_tokens == 3
    assert {event["request_id"] for event in client.events} == {"request-7"}


def test_an_unusable_reply_keeps_what_it_cost() -> None:
    failing = UnusableReply("no SQL", usage=Usage(completion_tokens=9))
    writer, _ = remote(lambda model: Scribe(model, fails=failing))
    with pytest.raises(UnusableReply) as caught:
        writer.draft(REQUEST, cancellation=Cancellation())
    assert caught.value.usage.completion_tokens == 9


def test_a_model_that_is_not_allowed_is_refused() -> None:
    settings = Settings.read({}, model="bedrock", model_id="a", words_model_id="b", allowed_models="c, d")
    for allowed in ("", "a", "b", "c", "d"):
        modeling.writer(settings, allowed)
    writer, _ = remote(lambda model: modeling.writer(settings, model), sql_model="e")
    with pytest.raises(ConfigurationError, match="may not use the model e"):
        writer.draft(REQUEST, cancellation=Cancellation())


def test_a_wish_to_cancel_does_not_wait_for_the_function() -> None:
    release = threading.Event()

    def slow(_: Mapping[str, Any]) -> dict[str, Any]:
        release.wait(30)
        return {}

    cancellation = Cancellation()
    threading.Timer(0.05, cancellation.wish).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        Function("querybot", client=Invoked(slow)).call({}, cancellation=cancellation)
    assert time.monotonic() - began < 20
    release.set()


def test_a_function_that_broke_off_is_a_model_that_is_not_there() -> None:
    class Broken:
        def invoke(self, **_: Any) -> dict[str, Any]:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "secret"}')}

    function = Function("querybot", client=Broken())
    with pytest.raises(FunctionFailed, match="broke off"):
        function.call({})
    with pytest.raises(ModelUnavailable) as caught:
        RemoteWriter(function).draft(REQUEST, cancellation=Cancellation())
    assert "secret" not in str(caught.value)


def test_a_call_that_fails_in_an_unforeseen_way_does_not_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    class Surprising:
        def invoke(self, **_: Any) -> dict[str, Any]:
            raise RuntimeError("nobody thought of this")

    told = threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda _: told.set())
    with pytest.raises(FunctionFailed, match="broke off"):
        Function("querybot", client=Surprising()).call({}, cancellation=Cancellation())
    assert told.wait(10), "the fault itself still reaches the log"


class Doer:
    """Does errands and notes them."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def teach(
        self,
        source: str,
        question: str,
        sql: str,
        *,
        approve_as: str,
        note: str,
        principal: Principal | None,
    ) -> Example:
        self.done.append((source, question, sql, approve_as, note, principal))
        if sql == "DROP TABLE t":
            raise ConfigurationError("This may not be taught.")
        return Example(id=12, source=source, dialect="postgres", question=question, sql=sql)

    def explain(self, source: str, question: str, *, principal: Principal | None) -> dict[str, Any]:
        self.done.append((source, question, principal))
        return {"verdict": "miss"}

    def read_catalog(self, source: str) -> None:
        self.done.append(source)

    def count_examples(self) -> int:
        return 7

    def tidy(self) -> None:
        self.done.append("tidy")


ANN = Principal(
    entrance=Entrance.OIDC,
    name="ann",
    claims=(("groups", ("sales", "bi")),),
    scopes=frozenset({Scope.ASK, Scope.APPROVE}),
)


def test_errands_reach_the_worker_and_its_refusals_come_back() -> None:
    doer = Doer()
    remote_errands = errands.RemoteErrands(
        Function("worker", client=Invoked(lambda event: errands.run(event, doer)))
    )
    assert (
        remote_errands.teach("s", "How many?", "SELECT 1", approve_as="ann", note="fine", principal=ANN) == 12
    )
    remote_errands.read_catalog("s")
    assert doer.done == [("s", "How many?", "SELECT 1", "ann", "fine", ANN), "s"]
    assert remote_errands.explain("s", "How many?", principal=ANN) == {"verdict": "miss"}
    assert doer.done[-1] == ("s", "How many?", ANN)
    assert errands.run({"operation": "tidy"}, doer) == {} and doer.done[-1] == "tidy"
    assert errands.run({"operation": "count_examples"}, doer) == {"approved": 7}
    with pytest.raises(Exception, match="may not be taught") as caught:
        remote_errands.teach("s", "q", "DROP TABLE t", approve_as="", note="", principal=None)
    assert getattr(caught.value, "code", "") == "configuration"
    assert errands.run({"operation": "dance"}, doer)["error"]["code"] == "wrong_usage"
