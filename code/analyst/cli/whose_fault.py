"""Whether a question failed by itself, or because something that all questions need is not there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from analyst.errors import (
    AnalystError,
    ConfigurationError,
    DatabaseError,
    DatabaseUnavailable,
    FunctionFailed,
    ModelError,
    ModelUnavailable,
    QueryFailed,
    QueryTimeout,
    StartupError,
    StoreError,
    UnusableReply,
)
from analyst.ports import Cancellation, WordsRequest
from analyst.source import Source
from analyst.wiring import House

_NOT_THERE = (
    ConfigurationError,
    DatabaseUnavailable,
    FunctionFailed,
    ModelUnavailable,
    StartupError,
    StoreError,
)
_ITS_OWN = (QueryFailed, QueryTimeout, UnusableReply)


def model_answers(house: House, cancellation: Cancellation) -> bool:
    """True when the model says anything at all to a small request of its own."""
    request = WordsRequest(  # never asked before, so that no kept reply answers for it
        question=f"What is {uuid.uuid4().int % 1_000_000}?", columns=("n",), rows=(("1",),), row_count=1
    )
    try:
        house.writer.words(request, cancellation=cancellation)
    except UnusableReply:
        return True
    except ModelError:
        return False
    return True


def database_answers(house: House, source: Source) -> bool:
    """True when the database can be connected to."""
    engine = house.sources.engine(source.key, query_id="evaluate")
    try:
        engine.can_write()
        return True
    except DatabaseError:
        return False
    finally:
        engine.close()


def stops_all(error: AnalystError, house: House, source: Source, cancellation: Cancellation) -> bool:
    """True when the next question would fail the same way; a fault of one question is its result."""
    if isinstance(error, _NOT_THERE):
        return True
    if isinstance(error, _ITS_OWN):
        return False
    if isinstance(error, ModelError):
        return not model_answers(house, cancellation)
    return isinstance(error, DatabaseError) and not database_answers(house, source)


def one_of_several(house: House, others: Iterable[Source]) -> bool:
    """True when another database of the server can be reached: then it is the one that is not known there."""
    for other in others:
        house.add_source(other)
        if database_answers(house, other):
            return True
    return False
