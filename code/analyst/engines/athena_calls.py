"""Calls to Athena, Glue and S3: clients made when they are needed, throttled calls tried again with jitter."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from analyst.engines.athena_address import Address
from analyst.engines.athena_errors import lost, throttled, too_long, translate_call, translate_connection
from analyst.errors import DatabaseError
from analyst.ports import Cancellation

Connect = Callable[[str], Any]
"""Makes boto3's client of a service: "athena", "glue" or "s3"."""

_ATTEMPTS = 4
_SHORTEST, _LONGEST = 0.15, 5.0
"""Seconds: the first pause after a throttled call is up to the one, each later one up to twice as long."""
_LOST = 3
"""Times that an answer may break off."""
_HOLDS = {
    "start_query_execution": "QueryExecutionId",
    "get_query_execution": "QueryExecution",
    "get_query_results": "ResultSet",
    "get_work_group": "WorkGroup",
    "list_databases": "DatabaseList",
    "list_table_metadata": "TableMetadataList",
    "get_databases": "DatabaseList",
    "get_tables": "TableList",
    "get_table": "Table",
    "get_partitions": "Partitions",
}
"""What each answer holds: botocore takes JSON that broke off for an empty answer, which would be an empty result."""
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
        **arguments: Any,
    ) -> Mapping[str, Any]:
        """The answer of one call by its method's name; one that is throttled or broke off is sent again.

        `sql` and `lead` give an error its place. Raises Cancelled and QueryTimeout while it waits.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer: Mapping[str, Any] = getattr(self.client(service), operation)(**arguments)
                if operation not in _HOLDS or _HOLDS[operation] in answer:
                    return answer
                if attempt == _LOST:
                    raise lost()
            except ClientError as error:
                if not throttled(error) or attempt == _ATTEMPTS:
                    raise translate_call(error, what=_WHAT[service], sql=sql, lead=lead) from None
            except (BotoCoreError, ValueError) as error:
                raise translate_connection(error) from None
            _pause(attempt, patience)
        raise AssertionError("the last attempt returns or raises")

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
        import boto3
        from botocore.config import Config

        from analyst.aws.clients import client

        if not self._address.region:
            return client(service, endpoint_url=self._address.endpoint)
        config = Config(
            connect_timeout=5,
            read_timeout=20,
            retries={"mode": "standard", "total_max_attempts": 3},
            signature_version="s3v4" if service == "s3" else None,
        )
        return boto3.client(
            service,
            region_name=self._address.region,
            endpoint_url=self._address.endpoint or None,
            config=config,
        )


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
