"""How a stored question reaches a worker in AWS."""

from __future__ import annotations

import json
import logging
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger(__name__)


class LambdaDispatcher:
    """The worker function is invoked asynchronously."""

    def __init__(self, *, function: str, client: Any) -> None:
        self._function = function
        self._client = client

    def hand_over(self, question_id: str) -> None:
        """Invoke the worker; when that fails, the next look at the question tries again."""
        payload = json.dumps({"query_id": question_id}).encode()
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=payload)
        except (BotoCoreError, ClientError) as error:
            logger.error("the worker could not be invoked: %s", type(error).__name__)
