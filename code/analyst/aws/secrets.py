"""Secrets of AWS Secrets Manager, kept for a short while and never shown."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from analyst.aws.troubles import aws_errors
from analyst.errors import ConfigurationError, StoreError

logger = logging.getLogger(__name__)


class Secret(Mapping[str, str]):
    """The fields of a secret; its text form shows none of them."""

    def __init__(self, name: str, fields: Mapping[str, str]) -> None:
        self._name = name
        self._fields = dict(fields)

    def __getitem__(self, key: str) -> str:
        return self._fields[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"<secret {self._name}>"


class Secrets:
    """Reads secrets by their ARN or name; each is kept for `ttl_seconds` in this process.

    `client` is boto3's "secretsmanager"; `clock` is the time of day, which goes on while a snapshot of this
    process sleeps.
    """

    def __init__(
        self, client: Any, *, ttl_seconds: float = 60, clock: Callable[[], float] = time.time
    ) -> None:
        self._client, self._ttl, self._clock = client, ttl_seconds, clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, Secret]] = {}
        """Secret -> (when to read it anew, what was read)."""

    def get(self, arn: str, *, fresh: bool = False) -> Mapping[str, str]:
        """The fields of a JSON secret, numbers as text and nulls left out.

        `fresh` reads it anew, for a password that was refused. Where AWS does not answer, what was read before
        still holds. Raises ConfigurationError for a secret that is not there, closed to us or of another shape,
        StoreError where AWS does not answer.
        """
        with self._lock:
            expires, kept = self._kept.get(arn, (0.0, None))
            if kept is not None and not fresh and self._clock() < expires:
                return kept
            try:
                read = self._read(arn)
            except StoreError:
                if kept is None or fresh:
                    raise
                logger.warning("secret %s cannot be read anew; what was read before still holds", _name(arn))
                read = kept
            self._kept[arn] = (self._clock() + self._ttl, read)
            return read

    def _read(self, arn: str) -> Secret:
        name = _name(arn)
        missing = ConfigurationError(f"There is no secret {name} in AWS Secrets Manager.")
        with aws_errors(f"the secret {name}", missing=missing, wrong=ConfigurationError):
            value = self._value(arn, name)
        return Secret(name, _fields(value.get("SecretString"), name=name))

    def _value(self, arn: str, name: str) -> Mapping[str, Any]:
        try:
            value: Mapping[str, Any] = self._client.get_secret_value(SecretId=arn)
            return value
        except self._client.exceptions.InvalidRequestException:
            raise ConfigurationError(f"The secret {name} is marked for deletion.") from None
        except self._client.exceptions.DecryptionFailure:
            raise ConfigurationError(f"AWS does not let this process decrypt the secret {name}.") from None


def _name(arn: str) -> str:
    """The last part of the secret's name, which tells a person enough."""
    return arn.rpartition(":")[2].rpartition("/")[2]


def _fields(text: Any, *, name: str) -> dict[str, str]:
    try:
        document = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        document = None
    # Raised out here, so that the decoder's error, which holds the text, is no part of the traceback.
    if not isinstance(document, dict):
        raise ConfigurationError(f"The secret {name} does not hold a JSON object.")
    fields = {key: value for key, value in document.items() if value is not None}
    if not all(isinstance(v, str | int | float) and not isinstance(v, bool) for v in fields.values()):
        raise ConfigurationError(f"The secret {name} may hold text and numbers only.")
    return {key: str(value) for key, value in fields.items()}
