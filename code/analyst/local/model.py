"""The model that runs on this machine, which may still be on its way."""

from __future__ import annotations

import time
from pathlib import Path

from analyst.errors import ModelUnavailable
from analyst.local.instance import DataFolder
from analyst.local.kept_prompts import KeptPrompts
from analyst.local.model_status import ModelState, ModelStatus, read_model_status
from analyst.models.openai import OpenAIModel
from analyst.ports import Cancellation, Prompt, Reply

NAME = "Qwen2.5-Coder-1.5B-Instruct"
LOOK_SECONDS = 0.2
FIRST_TOKEN_SECONDS = 300
"""A long prompt that the server has not kept takes a minute on two cores, and longer on busy ones."""
TOTAL_SECONDS = 500
_NOWHERE = "http://127.0.0.1:9"
EXTRA = {"cache_prompt": True, "return_progress": True}
"""Progress while the prompt is read: writing it is how the server notices that nobody listens any more."""


class LocalModel:
    """`ports.Model` over the local server; while it is not ready, says how far it is, or waits if `patient`."""

    def __init__(
        self, *, url: str, key: str, data: Path, patient: bool = False, keep_prompt: bool = False
    ) -> None:
        """`keep_prompt`: the first call takes up the stable part of its prompt from disk, or keeps it there.

        Without a `url` there is no server, as for commands that need no model.
        """
        self._status = DataFolder(data).model_status
        self._patient = patient
        self._kept = KeptPrompts(url, key, DataFolder(data).prompts) if keep_prompt and url else None
        self._served = bool(url)
        self._model = OpenAIModel(
            base_url=url or _NOWHERE,
            model=NAME,
            api_key=key,
            first_token_seconds=FIRST_TOKEN_SECONDS,
            total_seconds=TOTAL_SECONDS,
            extra=EXTRA,
        )

    @property
    def name(self) -> str:
        """The model's id, for the receipt."""
        return self._model.name

    def complete(self, prompt: Prompt, *, cancellation: Cancellation) -> Reply:
        """The model's whole reply; raises ModelUnavailable with the reason while there is no model yet."""
        if not self._served:
            raise ModelUnavailable("No language model was started for this command.")
        status = self._look(cancellation)
        if status is not None and status.state is not ModelState.READY:
            raise ModelUnavailable(
                _REASONS[status.state].format(percent=status.percent, message=status.message)
            )
        kept, self._kept = self._kept, None
        if kept is None or kept.restore(prompt.system):
            return self._model.complete(prompt, cancellation=cancellation)
        reply = self._model.complete(prompt, cancellation=cancellation)
        kept.save(prompt.system)
        return reply

    def _look(self, cancellation: Cancellation) -> ModelStatus | None:
        while True:
            status = read_model_status(self._status)
            coming = status is not None and status.state in (ModelState.ARRIVING, ModelState.LOADING)
            if not (self._patient and coming):
                return status
            cancellation.check()
            time.sleep(LOOK_SECONDS)


_REASONS = {
    ModelState.ARRIVING: "The language model is still arriving ({percent} %). Until then the example questions answer.",
    ModelState.LOADING: "The language model is just starting. Please ask again in a few seconds.",
    ModelState.FAILED: "There is no language model: {message} The example questions still answer.",
}
