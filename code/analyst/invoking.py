"""Calls one of the product's functions from another, over Lambda's Invoke."""

from __future__ import annotations

import json
import logging
import queue
import threading
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from analyst.errors import FunctionFailed
from analyst.ports import Cancellation

logger = logging.getLogger(__name__)


class Function:
    """A function by its name."""

    def __init__(self, name: str, *, client: Any) -> None:
        self._name = name
        self._client = client

    def send(self, payload: Mapping[str, Any]) -> None:
        """Hand an event over and do not wait; raises FunctionFailed where nobody takes it."""
        self._invoke(payload, InvocationType="Event")

    def call(self, payload: Mapping[str, Any], *, cancellation: Cancellation | None = None) -> dict[str, Any]:
        """What the function answers; raises FunctionFailed, or Cancelled as soon as that is wished."""
        if cancellation is None:
            return self._answer(payload)
        cancellation.check()
        outcome: queue.SimpleQueue[dict[str, Any] | FunctionFailed | None] = queue.SimpleQueue()
        # Invoke cannot be taken back: whoever cancels goes on at once, and the answer is dropped when it comes.
        forget = cancellation.on_wish(lambda: outcome.put(None))
        threading.Thread(target=self._answer_into, args=(outcome, payload), daemon=True).start()
        try:
            found = outcome.get()
        finally:
            forget()
        cancellation.check()
        if isinstance(found, FunctionFailed):
            raise found
        assert found is not None
        return found

    def _answer_into(self, outcome: queue.SimpleQueue[Any], payload: Mapping[str, Any]) -> None:
        # Whatever happens in this thread, the one that waits must hear of it.
        found: dict[str, Any] | FunctionFailed = FunctionFailed(f"The call of {self._name} broke off.")
        try:
            found = self._answer(payload)
        except FunctionFailed as error:
            found = error
        finally:
            outcome.put(found)

    def _answer(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        response = self._invoke(payload)
        if "FunctionError" in response:
            raise FunctionFailed(f"The function {self._name} broke off.")
        try:
            answer: dict[str, Any] = json.loads(response["Payload"].read())
        except (BotoCoreError, ValueError, OSError) as error:
            raise FunctionFailed(f"The function {self._name} did not answer in full.") from error
        return answer

    def _invoke(self, payload: Mapping[str, Any], **options: str) -> dict[str, Any]:
        try:
            response: dict[str, Any] = self._client.invoke(
                FunctionName=self._name, Payload=json.dumps(payload).encode(), **options
            )
        except (BotoCoreError, ClientError) as error:
            logger.error("the function %s could not be invoked: %s", self._name, type(error).__name__)
            raise FunctionFailed(
                f"The function {self._name} cannot be reached. Try again in a moment."
            ) from error
        return response
