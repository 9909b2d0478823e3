"""Calls to Athena, Glue and S3: clients made when they are needed, throttled calls tried again with jitter."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from analyst.engines.athena_address import Address
from analyst.engines.athena_errand import Errand, T
from analyst.engines.athena_errors import throttled, too_long, translate_call, translate_connection
from analyst.errors import DatabaseError
from analyst.ports import Cancellation

Connect = Callable[[str], Any]
"""Makes boto3's client of a service: "athena", "glue" or "s3"."""

_ATTEMPTS = 4
_SHORTEST, _LONGEST = 0.15, 5.0
"""Seconds: the first pause after a throttled call is up to the one, each later one up to twice as long."""
_WHAT = {"athena": "the Athena workgroup", "glue": "the Glue catalog", "s3": "the data in S3"}


class Patience:
    """Waits that end early when somebody wants it to stop, or when the time is up."""

    def __init__(self, cancellation: Cancellation, *, seconds: float) -> None:
        self.cancellation = cancellation
        self._until = time.monotonic() + seconds
        self._woken = threading.Event()

    @classmethod
    @contextmanager
    def of(cls, cancellation: Cancellation | None, *, seconds: float) -> Iterator[Patience]:
        """Patience for one piece of work; a wish wakes it for as long as the block lasts."""
        patience = cls(cancellation or Cancellation(), seconds=seconds)
        forget = patience.cancellation.on_wish(patience._woken.set)
        try:
            patience.check()
            yield patience
        finally:
            forget()

    @property
    def left(self) -> float:
        """Seconds until the time is up; never below 0."""
        return max(0.0, self._until - time.monotonic())

    def check(self) -> None:
        """Raise Cancelled once it is wished, QueryTimeout once the time is up."""
        self.cancellation.check()
        if self.left <= 0:
            raise too_long()

    def wait(self, seconds: float) -> None:
        """Wait, and check again."""
        self._woken.wait(min(seconds, self.left))
        self.check()

    def during(self, work: Callable[[], T], *, late: Callable[[T], None] | None = None) -> T:
        """What a call gives that may hang; on a wish, or when the time is up, it is left to end by itself.

        `work` raises AnalystError and its kinds only; `late` gets what it gives to nobody any more.
        """
        self.check()
        errand = Errand(work, late=late)
        forget = self.cancellation.on_wish(errand.news.set)
        errand.start()
        try:
            errand.news.wait(self.left)
        finally:
            forget()
        if errand.leave():
            self.cancellation.check()
            raise too_long()
        return errand.result()


class Calls:
    """One source's clients; safe to share between threads. Raises DatabaseError and its kinds only."""

    def __init__(self, address: Address, *, connect: Connect | None = None) -> None:
        self._address = address
        self._connect = connect or self._made
        self._own = connect is None
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}

    def __call__(
        self,
        service: str,
        operation: str,
        *,
        patience: Patience | None = None,
        sql: str = "",
        lead: int = 0,
        late: Callable[[Mapping[str, Any]], None] | None = None,
        **arguments: Any,
    ) -> Mapping[str, Any]:
        """The answer of one call by its method's name; one that is throttled is sent again.

        `sql` and `lead` give an error its place. Raises Cancelled and QueryTimeout as soon as that is so; an answer
        that comes after that goes to `late`.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            once = partial(
                self._once, service, operation, arguments, last=attempt == _ATTEMPTS, sql=sql, lead=lead
            )
            heard = partial(_hand_on, late) if late else None
            answer = once() if patience is None else patience.during(once, late=heard)
            if answer is not None:
                return answer
            _pause(attempt, patience)
        raise AssertionError("the last attempt returns or raises")

    def _once(
        self,
        service: str,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        last: bool,
        sql: str,
        lead: int,
    ) -> Mapping[str, Any] | None:
        """The answer; None for a call that was throttled and is not the last."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        try:
            answer: Mapping[str, Any] = getattr(self.client(service), operation)(**arguments)
            return answer
        except ClientError as error:
            if throttled(error) and not last:
                return None
            raise translate_call(error, what=_WHAT[service], sql=sql, lead=lead) from None
        except (BotoCoreError, ResponseParserError, ValueError) as error:
            raise translate_connection(error) from None

    def client(self, service: str) -> Any:
        """boto3's client of a service, the same for as long as this is open."""
        with self._lock:
            # Clients share botocore's session, which must not be used by two threads while one is made.
            if service not in self._clients:
                self._clients[service] = self._connect(service)
            return self._clients[service]

    def endpoint(self, service: str) -> str:
        """Where a service is asked; raises DatabaseError where no client can be made."""
        from botocore.exceptions import BotoCoreError

        try:
            return str(self.client(service).meta.endpoint_url)
        except (BotoCoreError, ValueError) as error:
            raise translate_connection(error) from None

    def close(self) -> None:
        """Give the connections of the clients back that were made here; others are their maker's."""
        with self._lock:
            clients, self._clients = list(self._clients.values()), {}
        for client in clients if self._own else ():
            client.close()

    def _made(self, service: str) -> Any:
        from analyst.aws.clients import client

        return client(service, region=self._address.region, endpoint_url=self._address.endpoint)


def _hand_on(late: Callable[[Mapping[str, Any]], None], answer: Mapping[str, Any] | None) -> None:
    if answer is not None:
        late(answer)


def _pause(attempt: int, patience: Patience | None) -> None:
    seconds = random.uniform(0, min(_LONGEST, _SHORTEST * 2**attempt))
    if patience is None:
        time.sleep(seconds)
    else:
        patience.wait(seconds)


def pages(
    calls: Calls, service: str, operation: str, *, patience: Patience | None = None, **arguments: Any
) -> Iterator[Mapping[str, Any]]:
    """Every page of a call that hands on a NextToken."""
    more: dict[str, Any] = {}
    while True:
        page = calls(service, operation, patience=patience, **arguments, **more)
        yield page
        if not page.get("NextToken"):
            return
        if page["NextToken"] == more.get("NextToken"):
            raise DatabaseError("AWS gave the same page twice.")
        more = {"NextToken": page["NextToken"]}
