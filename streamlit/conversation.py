"""What this browser tab is looking at: one session and the documents of its questions."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import streamlit as st

from analyst import tracing
from analyst.client import ApiError, Document
from connection import client

log = logging.getLogger(__name__)

_FINISHED = frozenset({"answered", "clarify", "unanswerable", "refused", "failed", "cancelled"})


@dataclass
class Conversation:
    """One session as this tab knows it; an empty id is a session that has not begun."""

    session_id: str = ""
    documents: dict[str, Document] = field(default_factory=dict)
    """By query id, oldest first."""
    with_rows: set[str] = field(default_factory=set)
    """Query ids whose documents were fetched with all rows that a page shows."""


def finished(document: Document) -> bool:
    """True once nothing more will happen to the question."""
    return document["status"] in _FINISHED


def has_table(document: Document) -> bool:
    """True once the rows are there, which may be before the words."""
    return document["answer"] is not None and document["answer"]["table"] is not None


def current() -> Conversation:
    """The conversation of this tab."""
    found: Conversation = st.session_state.setdefault("conversation", Conversation())
    return found


def begin() -> None:
    """Leave the session and begin a new one."""
    st.session_state["conversation"] = Conversation()
    st.query_params.pop("session", None)


def enter(session_id: str) -> None:
    """Open one of this person's sessions; raises ApiError, with status 404 for an unknown or foreign one."""
    documents = client().session(session_id)
    st.session_state["conversation"] = Conversation(
        session_id=session_id, documents={d["query_id"]: d for d in documents}
    )
    st.query_params["session"] = session_id


def follow_address() -> str:
    """Open the session that the address names; a sentence when it cannot be opened, else empty."""
    wanted = st.query_params.get("session", "")
    if not wanted or wanted == current().session_id:
        return ""
    try:
        enter(wanted)
    except ApiError as error:
        if error.status not in (400, 404):
            raise
        begin()
        return "That session is not one of yours, so a new one was started."
    return ""


def ask(question: str, *, source: str, mode: str) -> None:
    """Hand a question in and show it as the newest of the session; raises ApiError."""
    conversation = current()
    api = client()
    asked = api.ask(question, source=source or None, session_id=conversation.session_id or None, mode=mode)
    conversation.session_id = asked.session_id
    st.query_params["session"] = asked.session_id
    _note("asked", fetch(asked.query_id))


def fetch(query_id: str) -> Document:
    """The document as it stands now, with all rows that a page shows; raises ApiError."""
    document = client().query(query_id)
    conversation = current()
    conversation.documents[query_id] = document
    if finished(document) or has_table(document):
        conversation.with_rows.add(query_id)
    if finished(document):
        _note("shown", document)
    return document


def _note(what: str, document: Document) -> None:
    """A line in the log, so that a question can be followed by its request id from here on."""
    with tracing.serving(document["request_id"]):
        log.info("%s: %s", what, document["status"])


def with_rows(query_id: str) -> Document:
    """The document with all rows that a page shows, fetched the first time; raises ApiError."""
    conversation = current()
    known = conversation.documents.get(query_id)
    return known if known is not None and query_id in conversation.with_rows else fetch(query_id)


def note_feedback(query_id: str, verdict: str) -> None:
    """Keep what this person just said of an answer, as the API will tell it from now on."""
    document = current().documents.get(query_id)
    if document is not None:
        document["feedback"] = {"verdict": verdict}
