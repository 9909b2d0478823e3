"""A Bedrock-shaped endpoint as a process of its own: models that answer by a table of cases, or a real one.

    python bedrock_endpoint.py --cases cases.jsonl --seen seen.jsonl [--bridge http://127.0.0.1:9000/v1]

Each line of the table is {"when": part of the question, "sql": …, "words": …}; with "stalls": N the first N
requests for SQL are taken and never answered. Texts are embedded as counted words: the same words in any order
are the same vector. With --bridge the model behind an OpenAI-compatible URL, whose key is --key, answers what
the table does not.
The URL is the first line on stdout; every request is a line in the file of what was seen.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import signal
import sys
import threading
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

# A program beside the test suite, which keeps its servers in tests/.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripted_bedrock import (
    BedrockServer,
    Behaviour,
    Gives,
    Invoked,
    NeverAnswers,
    Refuses,
    Streams,
    conversation,
)

DIMENSIONS = 1024
_BRIDGE_SECONDS = 110


def vector(text: str) -> list[float]:
    """A vector of unit length that counts the words of a text."""
    counted = Counter(crc32(word.encode()) % DIMENSIONS for word in re.findall(r"\w+", text.lower()))
    length = math.sqrt(sum(count * count for count in counted.values())) or 1.0
    return [counted.get(place, 0) / length for place in range(DIMENSIONS)]


class Models:
    """What every model behind this endpoint answers."""

    def __init__(self, cases: Sequence[Mapping[str, Any]], *, seen: Path, bridge: str, key: str) -> None:
        self._cases = cases
        self._seen = seen
        self._bridge = bridge
        self._key = key
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, invoked: Invoked) -> Behaviour:
        """The answer to one request."""
        if invoked.operation == "invoke":
            text = str(invoked.document["inputText"])
            self._note(invoked, "embedding", text)
            return Gives(document={"embedding": vector(text), "inputTextTokenCount": len(text.split())})
        asked = _last_words(invoked.document)
        purpose = "words" if "Result (" in asked else "sql"
        self._note(invoked, purpose, asked)
        case = next((case for case in self._cases if case["when"] in asked), None)
        if case is not None:
            return self._by_the_table(case, purpose)
        if self._bridge:
            return Streams(frames=conversation(_complete(self._bridge, self._key, invoked.document)))
        return Refuses(status=400, kind="ValidationException", message="no case fits")

    def _by_the_table(self, case: Mapping[str, Any], purpose: str) -> Behaviour:
        if purpose == "words":
            return Streams(frames=conversation(case["words"]))
        with self._lock:
            self._asked[case["when"]] += 1
            stalls = self._asked[case["when"]] <= case.get("stalls", 0)
        return NeverAnswers() if stalls else Streams(frames=conversation(f"```sql\n{case['sql']}\n```"))

    def _note(self, invoked: Invoked, purpose: str, text: str) -> None:
        line = {"model": invoked.model_id, "purpose": purpose, "text": text[-400:]}
        with self._lock, self._seen.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _last_words(document: Mapping[str, Any]) -> str:
    return "".join(part["text"] for part in document["messages"][-1]["content"])


def _complete(url: str, key: str, document: Mapping[str, Any]) -> str:
    messages = [
        *(
            {"role": "system", "content": part["text"]}
            for part in document.get("system", [])
            if "text" in part
        ),
        *(
            {"role": message["role"], "content": "".join(part["text"] for part in message["content"])}
            for message in document["messages"]
        ),
    ]
    settings = document.get("inferenceConfig", {})
    asked = {
        "messages": messages,
        "max_tokens": settings.get("maxTokens", 512),
        "temperature": settings.get("temperature", 0),
        "stop": settings.get("stopSequences"),
    }
    request = urllib.request.Request(f"{url}/chat/completions", json.dumps(asked).encode())
    request.add_header("content-type", "application/json")
    request.add_header("authorization", f"Bearer {key}")
    with urllib.request.urlopen(request, timeout=_BRIDGE_SECONDS) as response:
        text: str = json.loads(response.read())["choices"][0]["message"]["content"]
        return text


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the process is told to end."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--seen", type=Path, required=True)
    parser.add_argument("--bridge", default="")
    parser.add_argument("--key", default="")
    given = parser.parse_args(arguments)
    lines = given.cases.read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line.strip()]
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with BedrockServer(Models(cases, seen=given.seen, bridge=given.bridge, key=given.key)) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
