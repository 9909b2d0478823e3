"""The OpenAI model against a real socket that behaves well, badly, and not at all."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import scripted_model
from scripted_model import (
    LOADING,
    THROTTLED,
    Asked,
    Behaviour,
    Breaks,
    Endless,
    Fails,
    HangsUp,
    Says,
    ScriptedServer,
    Sends,
    Silent,
    Stalls,
    always,
    by_question,
    in_turn,
)

from analyst.errors import (
    Cancelled,
    ConfigurationError,
    ModelError,
    ModelThrottled,
    ModelTimeout,
    ModelUnavailable,
)
from analyst.models import open_model
from analyst.models.openai import OpenAIModel
from analyst.models.retrying import Retries
from analyst.ports import Cancellation, Prompt, Reply
from analyst.question import Usage

SECRET = "canary-of-the-prompt"
PROMPT = Prompt(system="You write SQL.", messages=(("user", f"How many flights? {SECRET}"),), max_tokens=50)


class Waits:
    """Notes the waits between tries in place of waiting."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float, cancellation: Cancellation) -> None:
        self.seconds.append(seconds)


def model_at(url: str, *, waits: Waits | None = None, chance: float = 1.0, **options: Any) -> OpenAIModel:
    retries = Retries(random=lambda: chance, wait=waits or Waits())
    return OpenAIModel(base_url=url, model="qwen", retries=retries, **options)


def ask(model: OpenAIModel, prompt: Prompt = PROMPT) -> Reply:
    return model.complete(prompt, cancellation=Cancellation())


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[ScriptedServer]:
    with ScriptedServer(in_turn(*behaviours)) as server:
        yield server


def cancel_when(server: ScriptedServer, ready: Callable[[ScriptedServer], bool], wish: Cancellation) -> None:
    def later() -> None:
        server.wait_until(ready)
        wish.wish()

    threading.Thread(target=later, daemon=True).start()


# What goes out and what comes back


def test_a_reply_is_put_together_from_its_pieces_with_its_tokens() -> None:
    with serving(Says(text="SELECT count(*) FROM flights")) as server:
        reply = ask(model_at(server.url))
    assert reply.text == "SELECT count(*) FROM flights"
    assert reply.usage == Usage(model="qwen", prompt_tokens=11, completion_tokens=7, cached_tokens=5, calls=1)
    assert not reply.cut


def test_the_request_carries_everything_that_was_set() -> None:
    prompt = Prompt(
        system="S",
        messages=(("user", "a"), ("assistant", "b"), ("user", "c")),
        max_tokens=9,
        temperature=0.5,
        stop=(";",),
    )
    with serving(Says(text="x")) as server:
        ask(model_at(server.url, api_key="k-1", extra={"cache_prompt": True}), prompt)
        sent = server.requests[0]
    assert sent.path == "/v1/chat/completions"
    assert sent.headers["Authorization"] == "Bearer k-1"
    assert sent.document == {
        "model": "qwen",
        "messages": [
            {"role": "system", "content": "S"},
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"},
            {"role": "user", "content": "c"},
        ],
        "max_tokens": 9,
        "temperature": 0.5,
        "stop": [";"],
        "stream": True,
        "stream_options": {"include_usage": True},
        "cache_prompt": True,
    }


def test_nothing_is_sent_that_was_not_asked_for() -> None:
    with serving(Says(text="x")) as server:
        ask(model_at(server.url, extra={"max_tokens": None, "max_completion_tokens": 50}))
        sent = server.requests[0]
    assert not {"cache_prompt", "stop", "max_tokens"} & set(sent.document)
    assert sent.document["max_completion_tokens"] == 50
    assert "Authorization" not in sent.headers


@pytest.mark.parametrize(
    ("ending", "path"),
    [
        ("", "/v1/chat/completions"),
        ("/", "/v1/chat/completions"),
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/api", "/api/v1/chat/completions"),
        ("/v1beta/openai", "/v1beta/openai/chat/completions"),
        ("/openai/v1?api-version=2", "/openai/v1/chat/completions?api-version=2"),
    ],
)
def test_the_address_is_taken_with_or_without_its_version(ending: str, path: str) -> None:
    with serving(Says(text="x")) as server:
        ask(model_at(f"http://127.0.0.1:{server.port}{ending}"))
        assert server.requests[0].path == path


@pytest.mark.parametrize(
    "address", ["", "localhost:8080", "ftp://host", "http://", "http://h:99999", "http://u:p@h", "http://["]
)
def test_an_address_that_cannot_be_is_refused_at_once(address: str) -> None:
    with pytest.raises(ConfigurationError):
        OpenAIModel(base_url=address, model="m")


def test_a_key_that_cannot_be_is_refused_without_showing_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        OpenAIModel(base_url="http://h", model="m", api_key="abc\r\nX-Evil: 1")
    assert "abc" not in str(caught.value)


def test_an_empty_reply_is_a_reply() -> None:
    with serving(Says(text="")) as server:
        assert ask(model_at(server.url)).text == ""


def test_a_reply_stopped_at_its_tokens_says_so() -> None:
    with serving(Says(text="SELECT a,", finish="length")) as server:
        assert ask(model_at(server.url)).cut


def test_the_timings_of_llama_cpp_count_where_there_is_no_usage() -> None:
    timings = {"cache_n": 100, "prompt_n": 20, "predicted_n": 6}
    with serving(Says(text="x", usage=None, timings=timings)) as server:
        usage = ask(model_at(server.url)).usage
    assert (usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens) == (120, 100, 6)


def test_the_timings_of_llama_cpp_tell_what_was_cached_where_the_usage_does_not() -> None:
    says = Says(
        text="x",
        usage={"prompt_tokens": 120, "completion_tokens": 6},
        timings={"cache_n": 100, "prompt_n": 20},
    )
    with serving(says) as server:
        usage = ask(model_at(server.url)).usage
    assert (usage.prompt_tokens, usage.cached_tokens) == (120, 100)


def test_endless_text_is_cut_and_its_connection_closed() -> None:
    with serving(Endless(piece="x" * 1000)) as server:
        reply = ask(model_at(server.url))
        assert server.wait_closed()
    assert reply.cut
    assert len(reply.text) == 65_536


def test_pieces_in_any_size_make_the_same_reply() -> None:
    body = (
        b': hello\r\n\r\ndata: {"choices":[{"delta":{"content":"\xc3\xa9\\ud83d"}}]}\r\n\r\n'
        b'event: x\r\ndata:{"choices":[{"delta":{"content":"\\ude00\\ud800"},'
        b'"finish_reason":"stop"}]}\r\n\r\n'
    )
    with serving(Sends(body=body)) as server:
        assert ask(model_at(server.url)).text == "é😀\ufffd"


# Errors


@pytest.mark.parametrize(
    ("behaviour", "kind", "words"),
    [
        (Fails(status=401), ModelError, "refused the key"),
        (Fails(status=403), ModelError, "refused the key"),
        (Fails(status=404), ModelError, 'does not know the model "qwen"'),
        (Fails(status=500), ModelError, "(500)"),
        (Fails(status=301), ModelError, "(301)"),
        (Fails(status=400, error={"type": "exceed_context_size_error"}), ModelError, "longer than"),
        (Fails(status=400, error={"code": "context_length_exceeded"}), ModelError, "longer than"),
        (THROTTLED, ModelThrottled, "too much to do"),
        (Fails(status=503), ModelUnavailable, "not available"),
        (LOADING, ModelUnavailable, "still loading"),
        (HangsUp(), ModelUnavailable, "without an answer"),
        (Breaks(), ModelError, "middle of its reply"),
        (Breaks(politely=True), ModelError, "middle of its reply"),
        (Sends(body=b"data: {not json\n\n"), ModelError, "no reply"),
        (Sends(body=b"data: 7\n\n"), ModelError, "no reply"),
        (Sends(body=b"data: " + b"[" * 200_000 + b"\n\n"), ModelError, "no reply"),
        (Sends(body=b"data: " + b"x" * 2_000_000), ModelError, "no reply"),
        (Sends(body=b"data: \xff\xfe\n\n"), ModelError, "no text"),
        (Sends(body=b"<html>hello</html>", content_type="text/html"), ModelError, "middle of its reply"),
        (Sends(body=b'data: {"error": {"message": "x", "code": 500}}\n\n'), ModelError, "(500)"),
        (Sends(body=b'data: {"error": "x"}\n\n'), ModelError, "with an error"),
        (Sends(body=b'data: {"error": {"code": 429}}\n\n'), ModelThrottled, "too much to do"),
    ],
)
def test_each_fault_has_its_error_and_sentence(
    behaviour: Behaviour, kind: type[ModelError], words: str
) -> None:
    with serving(behaviour) as server, pytest.raises(ModelError) as caught:
        ask(model_at(server.url))
    assert type(caught.value) is kind
    assert words in str(caught.value)


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
def test_what_the_server_says_is_never_passed_on(status: int) -> None:
    quoting = Fails(status=status, error={"message": f"cannot do: {SECRET}", "type": SECRET, "code": SECRET})
    with serving(quoting) as server, pytest.raises(ModelError) as caught:
        ask(model_at(server.url))
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(caught.value.__cause__)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("odd", ["choices", "delta", "content", "usage"])
def test_fields_of_an_odd_shape_are_passed_over(odd: str) -> None:
    good: dict[str, Any] = {"choices": [{"delta": {"content": "x"}, "finish_reason": "stop"}]}
    shapes: dict[str, dict[str, Any]] = {
        "choices": {"choices": 5},
        "delta": {"choices": [{"delta": None}]},
        "content": {"choices": [{"delta": {"content": 7}}]},
        "usage": {"usage": {"prompt_tokens": "many", "prompt_tokens_details": 3}, "choices": None},
    }
    documents = (shapes[odd], good)
    body = b"".join(b"data: " + json.dumps(document).encode() + b"\n\n" for document in documents)
    with serving(Sends(body=body)) as server:
        reply = ask(model_at(server.url))
    assert reply.text == "x"
    assert reply.usage.prompt_tokens == 0


def test_nobody_at_the_address_is_unavailable() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(ModelUnavailable, match=f"127.0.0.1:{port} cannot be reached"):
        ask(model_at(f"http://127.0.0.1:{port}"))


def test_a_server_without_tls_is_refused_over_https() -> None:
    with serving(Says(text="x")) as server, pytest.raises(ModelError, match="No safe connection"):
        ask(model_at(f"https://127.0.0.1:{server.port}"))


# Trying again


def test_a_throttled_call_is_tried_again_after_a_growing_wait() -> None:
    waits = Waits()
    with serving(THROTTLED, LOADING, Says(text="x")) as server:
        assert ask(model_at(server.url, waits=waits)).text == "x"
        assert len(server.requests) == 3
    assert waits.seconds == [0.5, 1.0]


def test_the_wait_has_full_jitter() -> None:
    waits = Waits()
    with serving(THROTTLED, THROTTLED, Says(text="x")) as server:
        ask(model_at(server.url, waits=waits, chance=0.25))
    assert waits.seconds == [0.125, 0.25]


def test_after_three_tries_the_error_stands() -> None:
    with serving(THROTTLED) as server:
        with pytest.raises(ModelThrottled):
            ask(model_at(server.url))
        assert len(server.requests) == 3


def test_the_server_may_say_how_long_to_wait() -> None:
    waits = Waits()
    busy = Fails(status=429, headers={"Retry-After": "7"})
    with serving(busy, Says(text="x")) as server:
        ask(model_at(server.url, waits=waits, chance=0.5))
    assert waits.seconds == [7.25]


def test_a_wait_that_would_not_fit_into_the_time_is_not_begun() -> None:
    waits = Waits()
    with serving(Fails(status=503, headers={"Retry-After": "3600"})) as server:
        with pytest.raises(ModelUnavailable):
            ask(model_at(server.url, waits=waits))
        assert len(server.requests) == 1
    assert waits.seconds == []


@pytest.mark.parametrize("behaviour", [Fails(status=500), Fails(status=401), Breaks(), HangsUp()])
def test_what_would_not_pass_by_itself_is_tried_once(behaviour: Behaviour) -> None:
    with serving(behaviour) as server:
        with pytest.raises(ModelError):
            ask(model_at(server.url))
        assert len(server.requests) == 1


def test_nothing_is_tried_again_once_the_reply_has_begun() -> None:
    body = b'data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: {"error": {"code": 503}}\n\n'
    with serving(Sends(body=body)) as server:
        with pytest.raises(ModelUnavailable):
            ask(model_at(server.url))
        assert len(server.requests) == 1


# Time


@pytest.mark.parametrize(
    "silent", [Silent(), Silent(headers=True), Silent(keep_alive=True), Silent(progress=True)]
)
def test_a_model_that_never_begins_runs_out_of_time(silent: Silent) -> None:
    with serving(silent) as server:
        with pytest.raises(ModelTimeout, match="did not begin"):
            ask(model_at(server.url, first_token_seconds=0.3))
        assert server.wait_closed()


@pytest.mark.parametrize("chunked", [True, False])
def test_a_model_that_falls_silent_runs_out_of_time(chunked: bool) -> None:
    with serving(Stalls(chunked=chunked)) as server:
        with pytest.raises(ModelTimeout, match="fell silent"):
            ask(model_at(server.url, idle_seconds=0.3))
        assert server.wait_closed()


def test_a_model_that_never_ends_runs_out_of_time() -> None:
    with serving(Endless(piece="", pause=0.02)) as server:
        with pytest.raises(ModelTimeout, match="did not finish"):
            ask(model_at(server.url, total_seconds=0.4))
        assert server.wait_closed()


# Cancelling


@pytest.mark.parametrize(
    "behaviour", [Silent(), Silent(headers=True), Stalls(), Stalls(chunked=False), Endless(pause=0.05)]
)
def test_a_wish_to_cancel_closes_the_connection_at_once(behaviour: Behaviour) -> None:
    wish = Cancellation()
    with serving(behaviour) as server:
        cancel_when(server, lambda seen: bool(seen.requests), wish)
        with pytest.raises(Cancelled):
            model_at(server.url).complete(PROMPT, cancellation=wish)
        assert server.wait_closed()
        assert server.wait_until(lambda seen: seen.connections == 0)


def test_a_wish_that_was_there_before_sends_nothing() -> None:
    wish = Cancellation()
    wish.wish()
    with serving(Says(text="x")) as server:
        with pytest.raises(Cancelled):
            model_at(server.url).complete(PROMPT, cancellation=wish)
        assert server.requests == []


def test_a_wish_ends_the_wait_between_two_tries() -> None:
    wish = Cancellation()
    busy = Fails(status=429, headers={"Retry-After": "3600"})
    with serving(busy) as server:
        model = OpenAIModel(base_url=server.url, model="m", total_seconds=7200)
        cancel_when(server, lambda seen: seen.endings() == ["complete"], wish)
        with pytest.raises(Cancelled):
            model.complete(PROMPT, cancellation=wish)
        assert len(server.requests) == 1


def test_a_wish_after_the_reply_does_no_harm() -> None:
    wish = Cancellation()
    with serving(Says(text="x")) as server:
        model_at(server.url).complete(PROMPT, cancellation=wish)
        wish.wish()


def test_no_thread_and_no_hook_is_left_behind() -> None:
    wish = Cancellation()
    with serving(Says(text="x"), THROTTLED, Breaks()) as server:
        model_at(server.url).complete(PROMPT, cancellation=wish)
        with pytest.raises(ModelError):
            model_at(server.url).complete(PROMPT, cancellation=wish)
    assert not [thread for thread in threading.enumerate() if thread.name == "model-leash"]
    assert not wish._hooks


def test_one_model_serves_many_threads_and_a_wish_reaches_its_own_call_only() -> None:
    wishes = [Cancellation() for _ in range(6)]
    ended: dict[int, str] = {}
    script = by_question([("stay", Says(text="done", delay=0.3)), ("go", Silent())])
    with ScriptedServer(script) as server:
        model = model_at(server.url)

        def call(number: int) -> None:
            prompt = Prompt(system="", messages=(("user", "stay" if number % 2 else "go"),))
            try:
                ended[number] = model.complete(prompt, cancellation=wishes[number]).text
            except Cancelled:
                ended[number] = "cancelled"

        threads = [threading.Thread(target=call, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        assert server.wait_asked(6)
        for number in (0, 2, 4):
            wishes[number].wish()
        for thread in threads:
            thread.join(10)
    assert ended == {0: "cancelled", 1: "done", 2: "cancelled", 3: "done", 4: "cancelled", 5: "done"}


# The table of models, and the scripted server as a process


def test_a_model_is_opened_by_its_kind() -> None:
    assert open_model("openai", base_url="http://h", model="m").name == "m"
    assert open_model("bedrock", model_id="b", region="eu-west-1").name == "b"


def test_an_unknown_kind_names_those_that_exist() -> None:
    with pytest.raises(ConfigurationError, match="openai, bedrock"):
        open_model("oracle")


def test_opening_a_model_imports_no_driver() -> None:
    code = (
        "import sys; from analyst.models import open_model; from analyst.embedders import open_embedder\n"
        "open_model('openai', base_url='http://h', model='m')\n"
        "open_model('bedrock', model_id='b', region='r')\n"
        "open_embedder('minilm'); open_embedder('bedrock', model_id='cohere.embed-english-v3', region='r')\n"
        "print([name for name in ('boto3', 'botocore', 'onnxruntime', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=_paths(), check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_scripted_server_runs_as_a_process(tmp_path: Path) -> None:
    replies = tmp_path / "replies.jsonl"
    lines = [{"when": "flights", "reply": "SELECT 1", "delay": 0}, {"when": "", "reply": "no idea"}]
    replies.write_text("\n".join(json.dumps(line) for line in lines))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [sys.executable, scripted_model.__file__, "--port", str(port), "--replies", str(replies)]
    process = subprocess.Popen(command)
    try:
        _wait_for(port)
        model = model_at(f"http://127.0.0.1:{port}")
        assert ask(model).text == "SELECT 1"
        assert ask(model, Prompt(system="flights", messages=(("user", "hello"),))).text == "no idea"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/scripted", timeout=10) as response:
            seen = json.load(response)
        assert [request["ended"] for request in seen["requests"]] == ["complete", "complete"]
    finally:
        process.terminate()
        assert process.wait(10) == 0


def test_the_scripted_server_keeps_what_was_asked() -> None:
    with ScriptedServer(always(Says(text="x"))) as server:
        ask(model_at(server.url))
        assert server.prompts == [f"You write SQL.\nHow many flights? {SECRET}"]
        assert isinstance(server.requests[0], Asked)


def _paths() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _wait_for(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the scripted server did not come up")


@pytest.mark.skipif(
    not (os.environ.get("OPENAI_API_KEY") and os.environ.get("OPENAI_LIVE_MODEL")),
    reason="needs OPENAI_API_KEY and OPENAI_LIVE_MODEL (and OPENAI_BASE_URL for another endpoint)",
)
def test_a_live_endpoint_answers() -> None:
    model = OpenAIModel(
        base_url=os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        model=os.environ["OPENAI_LIVE_MODEL"],
        api_key=os.environ["OPENAI_API_KEY"],
    )
    reply = ask(model, Prompt(system="Answer in one word.", messages=(("user", "Capital of France?"),)))
    assert "paris" in reply.text.lower()
    assert reply.usage.prompt_tokens > 0
