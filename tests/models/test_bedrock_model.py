"""The Bedrock model: boto3 unchanged against a server that speaks Converse's wire protocol."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from scripted_bedrock import (
    BedrockServer,
    Behaviour,
    EndlessFrames,
    Invoked,
    NeverAnswers,
    Refuses,
    Streams,
    bedrock_in_turn,
    conversation,
    event,
    exception,
    piece,
)

from analyst.errors import Cancelled, ModelError, ModelThrottled, ModelTimeout, ModelUnavailable
from analyst.models.bedrock import BedrockModel
from analyst.models.retrying import Retries
from analyst.ports import Cancellation, Prompt, Reply
from analyst.question import Usage

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
SECRET = "canary-of-the-prompt"
PROMPT = Prompt(
    system="You write SQL.",
    messages=(("user", "a"), ("assistant", "b"), ("user", SECRET)),
    max_tokens=50,
    stop=(";",),
)
THROTTLED = Refuses(status=429, kind="ThrottlingException")
OK = Streams(frames=conversation("SELECT count(*) FROM flights"))


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-aws")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def serving(*behaviours: Behaviour) -> BedrockServer:
    return BedrockServer(bedrock_in_turn(*behaviours))


def model_at(server: BedrockServer, *, waits: list[float] | None = None, **options: Any) -> BedrockModel:
    noted: list[float] = [] if waits is None else waits
    retries = Retries(random=lambda: 0.5, wait=lambda seconds, _: noted.append(seconds))
    return BedrockModel(
        model_id=MODEL, region="eu-west-1", endpoint_url=server.url, retries=retries, **options
    )


def ask(model: BedrockModel, prompt: Prompt = PROMPT) -> Reply:
    return model.complete(prompt, cancellation=Cancellation())


def ended(how: str) -> Callable[[list[Invoked]], bool]:
    return lambda requests: [one.ended for one in requests] == [how]


# What goes out and what comes back


def test_a_reply_is_put_together_from_its_events() -> None:
    with serving(OK) as server:
        reply = ask(model_at(server))
    assert reply.text == "SELECT count(*) FROM flights"
    assert reply.usage == Usage(model=MODEL, prompt_tokens=11, completion_tokens=7, calls=1)
    assert not reply.cut


def test_the_request_is_converse_s_and_signed() -> None:
    with serving(OK) as server:
        ask(model_at(server, extra={"top_k": 5}))
        sent = server.requests[0]
    assert (sent.model_id, sent.operation) == (MODEL, "converse-stream")
    assert sent.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert sent.document == {
        "system": [{"text": "You write SQL."}],
        "messages": [
            {"role": "user", "content": [{"text": "a"}]},
            {"role": "assistant", "content": [{"text": "b"}]},
            {"role": "user", "content": [{"text": SECRET}]},
        ],
        "inferenceConfig": {"maxTokens": 50, "temperature": 0.0, "stopSequences": [";"]},
        "additionalModelRequestFields": {"top_k": 5},
    }


def test_the_system_prompt_is_marked_for_the_cache_when_asked() -> None:
    with serving(OK) as server:
        ask(model_at(server, cache_prompt=True))
        assert server.requests[0].document["system"] == [
            {"text": "You write SQL."},
            {"cachePoint": {"type": "default"}},
        ]


def test_roles_take_turns_and_no_text_is_empty() -> None:
    prompt = Prompt(system="", messages=(("user", "a"), ("assistant", " "), ("user", "b")))
    with serving(OK) as server:
        ask(model_at(server), prompt)
        document = server.requests[0].document
    assert document["messages"] == [{"role": "user", "content": [{"text": "a"}, {"text": "b"}]}]
    assert "system" not in document


def test_cached_tokens_count_as_part_of_the_prompt() -> None:
    usage = {
        "inputTokens": 20,
        "outputTokens": 3,
        "totalTokens": 123,
        "cacheReadInputTokens": 90,
        "cacheWriteInputTokens": 10,
    }
    with serving(Streams(frames=conversation("x", usage=usage))) as server:
        counted = ask(model_at(server)).usage
    assert (counted.prompt_tokens, counted.cached_tokens, counted.completion_tokens) == (120, 90, 3)


def test_a_reply_stopped_at_its_tokens_says_so() -> None:
    with serving(Streams(frames=conversation("SELECT a,", stop="max_tokens"))) as server:
        assert ask(model_at(server)).cut


def test_reasoning_is_no_part_of_the_reply() -> None:
    thought = event(
        "contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "hm"}}}
    )
    with serving(Streams(frames=(thought, *conversation("x")))) as server:
        assert ask(model_at(server)).text == "x"


def test_endless_text_is_cut_and_its_connection_closed() -> None:
    with serving(EndlessFrames(frame=piece("x" * 1000))) as server:
        reply = ask(model_at(server))
        assert server.wait_until(ended("closed by client"))
    assert reply.cut
    assert len(reply.text) == 65_536


# Errors


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        (Refuses(status=403, kind="AccessDeniedException"), ModelError, f"{MODEL}: it needs model access"),
        (Refuses(status=403, kind="UnrecognizedClientException"), ModelError, "refused the credentials"),
        (Refuses(status=403, kind="ExpiredTokenException"), ModelError, "have expired"),
        (Refuses(status=404, kind="ResourceNotFoundException"), ModelError, "does not know the model"),
        (Refuses(status=400, kind="ValidationException"), ModelError, "as invalid"),
        (
            Refuses(status=400, kind="ValidationException", message="on-demand throughput isn't supported"),
            ModelError,
            "inference profile",
        ),
        (Refuses(status=424, kind="ModelErrorException"), ModelError, "with an error"),
        (Refuses(status=408, kind="ModelTimeoutException"), ModelTimeout, "in time"),
        (THROTTLED, ModelThrottled, "too much to do"),
        (Refuses(status=503, kind="ServiceUnavailableException"), ModelUnavailable, "not available"),
        (Refuses(status=429, kind="ModelNotReadyException"), ModelUnavailable, "made ready"),
        (Refuses(status=500, kind="InternalServerException"), ModelUnavailable, "not available"),
        (Streams(frames=(exception("throttlingException"),)), ModelThrottled, "too much to do"),
        (Streams(frames=(piece("x"), exception("throttlingException"))), ModelThrottled, "too much to do"),
        (Streams(frames=(piece("x"), exception("modelStreamErrorException"))), ModelError, "with an error"),
        (Streams(frames=(piece("x"),)), ModelError, "middle of its reply"),
        (Streams(frames=(piece("x"),), then="break"), ModelError, "middle of its reply"),
        (Streams(frames=(piece("x")[:-1] + b"?",)), ModelError, "no reply"),
    ],
)
def test_each_fault_has_its_error_and_sentence(
    behaviour: Behaviour, kind: type[ModelError], words: str
) -> None:
    with serving(behaviour) as server, pytest.raises(ModelError) as caught:
        ask(model_at(server))
    assert type(caught.value) is kind
    assert words in str(caught.value)


def test_what_bedrock_says_is_never_passed_on() -> None:
    with (
        serving(Refuses(status=400, kind="ValidationException", message=f"bad input: {SECRET}")) as server,
        pytest.raises(ModelError) as caught,
    ):
        ask(model_at(server))
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_missing_credentials_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    with serving(OK) as server:
        with pytest.raises(ModelError, match="No AWS credentials were found"):
            ask(model_at(server))
        assert server.requests == []


def test_nobody_at_the_address_is_unavailable() -> None:
    with serving(OK) as server:
        model = model_at(server)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        ask(model)


# Trying again


def test_a_throttled_call_is_tried_again_with_jitter() -> None:
    waits: list[float] = []
    with serving(THROTTLED, Streams(frames=(exception("throttlingException"),)), OK) as server:
        assert ask(model_at(server, waits=waits)).text
        assert len(server.requests) == 3
    assert waits == [0.25, 0.5]


def test_after_three_tries_the_error_stands_and_botocore_adds_none() -> None:
    with serving(THROTTLED) as server:
        with pytest.raises(ModelThrottled):
            ask(model_at(server))
        assert len(server.requests) == 3


def test_the_service_may_say_how_long_to_wait() -> None:
    waits: list[float] = []
    busy = Refuses(status=503, kind="ServiceUnavailableException", headers={"Retry-After": "4"})
    with serving(busy, OK) as server:
        ask(model_at(server, waits=waits))
    assert waits == [4.25]


@pytest.mark.parametrize(
    "behaviour",
    [
        Refuses(status=403, kind="AccessDeniedException"),
        Streams(frames=(piece("x"), exception("throttlingException"))),
    ],
)
def test_what_would_not_pass_or_has_begun_is_tried_once(behaviour: Behaviour) -> None:
    with serving(behaviour) as server:
        with pytest.raises(ModelError):
            ask(model_at(server))
        assert len(server.requests) == 1


# Time and cancelling


def test_a_model_that_never_begins_runs_out_of_time() -> None:
    with serving(NeverAnswers()) as server:
        with pytest.raises(ModelTimeout, match="did not begin"):
            ask(model_at(server, first_token_seconds=0.3))
        assert server.wait_until(ended("closed by client"))


def test_a_model_that_falls_silent_runs_out_of_time() -> None:
    with serving(Streams(frames=(piece("x"),), then="stall")) as server:
        with pytest.raises(ModelTimeout, match="fell silent"):
            ask(model_at(server, idle_seconds=0.3))
        assert server.wait_until(ended("closed by client"))


@pytest.mark.parametrize("behaviour", [NeverAnswers(), Streams(frames=(piece("x"),), then="stall")])
def test_a_wish_to_cancel_closes_the_connection_at_once(behaviour: Behaviour) -> None:
    wish = Cancellation()
    with serving(behaviour) as server:

        def later() -> None:
            server.wait_until(bool)
            wish.wish()

        threading.Thread(target=later, daemon=True).start()
        with pytest.raises(Cancelled):
            model_at(server).complete(PROMPT, cancellation=wish)
        assert server.wait_until(ended("closed by client"))


@pytest.mark.skipif(
    not os.environ.get("BEDROCK_LIVE_MODEL"),
    reason="needs AWS credentials, and BEDROCK_LIVE_MODEL and AWS_REGION to say where",
)
def test_live_bedrock_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    model = BedrockModel(
        model_id=os.environ["BEDROCK_LIVE_MODEL"], region=os.environ.get("AWS_REGION", "us-east-1")
    )
    reply = ask(model, Prompt(system="Answer in one word.", messages=(("user", "Capital of France?"),)))
    assert "paris" in reply.text.lower()
    assert reply.usage.prompt_tokens > 0
