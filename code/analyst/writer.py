"""Writes SQL and words with a model, in this process."""

from __future__ import annotations

from dataclasses import replace

from analyst import prompting
from analyst.draft import Draft
from analyst.ports import Cancellation, DraftRequest, Model, Words, WordsRequest


class Writer:
    """The whole of querybot's work: a prompt, one model call, a reply read."""

    def __init__(self, *, sql_model: Model, words_model: Model | None = None) -> None:
        self._sql_model = sql_model
        self._words_model = words_model or sql_model

    def draft(self, request: DraftRequest, *, cancellation: Cancellation) -> Draft:
        """SQL for the question; raises UnusableReply or another ModelError."""
        reply = self._sql_model.complete(prompting.sql_prompt(request), cancellation=cancellation)
        return prompting.read_reply(reply)

    def words(self, request: WordsRequest, *, cancellation: Cancellation) -> Words:
        """One or two sentences on the result, unchecked; raises ModelError."""
        reply = self._words_model.complete(prompting.words_prompt(request), cancellation=cancellation)
        return Words(text=prompting.read_words(reply), usage=reply.usage)

    def warm(self, request: DraftRequest, *, cancellation: Cancellation) -> None:
        """Have the model's server read the stable part of the prompt ahead of the first question."""
        prompt = replace(prompting.sql_prompt(request), max_tokens=1)
        self._sql_model.complete(prompt, cancellation=cancellation)
