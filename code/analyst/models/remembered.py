"""Replies kept on disk, so that asking the same again costs nothing: for measurements, not for answers."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analyst.ports import Cancellation, Model, Prompt, Reply
from analyst.question import Usage

logger = logging.getLogger(__name__)

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


class RememberedModel:
    """`ports.Model` that asks another one only what it has not been asked before, in this or an earlier run.

    A reply is found by the whole prompt, the model's name and the settings given here. Where a prompt wants
    chance (a temperature above 0), the n-th time it is asked in a process gives the n-th reply: samples stay
    different from each other, and the same from run to run. A remembered reply says that it took no call.
    """

    def __init__(self, model: Model, folder: Path, *, settings: Mapping[str, str] = NO_SETTINGS) -> None:
        """`settings`: whatever else decides what the model writes, such as its file's digest."""
        self._model = model
        self._folder = folder
        self._settings = dict(settings)
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The model's id, for the receipt."""
        return self._model.name

    def complete(self, prompt: Prompt, *, cancellation: Cancellation) -> Reply:
        """The reply that is kept, else the model's, which is kept from then on; raises what the model raises."""
        cancellation.check()
        if prompt.max_tokens <= 1:  # its server is being warmed, and nobody reads the reply
            return self._model.complete(prompt, cancellation=cancellation)
        file = self._file(prompt)
        known = _read(file)
        if known is not None:
            return known
        reply = self._model.complete(prompt, cancellation=cancellation)
        _write(file, reply)
        return reply

    def _file(self, prompt: Prompt) -> Path:
        asked = {"model": self.name, "settings": self._settings, "prompt": asdict(prompt)}
        digest = _digest(asked)
        if prompt.temperature > 0:
            with self._lock:
                self._asked[digest] += 1
                digest = _digest({**asked, "time": self._asked[digest]})
        return self._folder / digest[:2] / f"{digest}.json"


def _digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _read(file: Path) -> Reply | None:
    """The kept reply; None where there is none that can be read."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Reply(
            text=str(kept["text"]), cut=bool(kept["cut"]), usage=Usage(**{**kept["usage"], "calls": 0})
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        logger.warning("a kept reply cannot be read and is asked for again")
        return None


def _write(file: Path, reply: Reply) -> None:
    """Keep the reply, whole or not at all; a full disk is no reason to lose the answer."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=file.parent, suffix=".part")
    except OSError as error:
        logger.warning("a reply cannot be kept: %s", error.strerror)
        return
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(asdict(reply), out)
        os.replace(unfinished, file)
    except OSError as error:
        logger.warning("a reply cannot be kept: %s", error.strerror)
        with suppress(OSError):
            os.unlink(unfinished)
