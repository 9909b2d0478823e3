"""A question while it runs: each step as it happens, and the button to stop it."""

from __future__ import annotations

import streamlit as st

import conversation
from analyst.client import ApiError, ApiUnreachable, Document, StepDocument
from connection import client
from parts import drafts, trouble
from parts.plain import escaped

_SECONDS_BETWEEN_LOOKS = 0.4


@st.fragment(run_every=_SECONDS_BETWEEN_LOOKS)
def show(query_id: str) -> None:
    """Looks after the question by itself; the rest of the page is left alone until there is more to show."""
    with trouble.guarded():
        try:
            document = client(timeout_seconds=5).query(query_id, rows=1)
        except ApiUnreachable:
            st.caption(":material/cloud_off: The connection was lost. Your question goes on; looking again.")
            return
        if _has_news(document):
            conversation.fetch(query_id)
            st.rerun()
        _steps(document)
        trouble.show_kept()


def _has_news(document: Document) -> bool:
    known = document["query_id"] in conversation.current().with_rows
    return conversation.finished(document) or (conversation.has_table(document) and not known)


def _steps(document: Document) -> None:
    query_id = document["query_id"]
    with st.container(key=f"running-{query_id}", border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(key=f"headline-{query_id}"):
                st.markdown(f":primary[:material/progress_activity:] **{_headline(document)}**")
            st.button(
                "Cancel",
                key=f"cancel-{query_id}",
                icon=":material/close:",
                on_click=_cancel,
                args=(query_id,),
            )
        if document["steps"]:
            st.markdown("  \n".join(step_line(step) for step in drafts.lines(document)))


def step_line(step: StepDocument) -> str:
    """One step as a line of markdown, with what came of it and its milliseconds."""
    mark = ":green[:material/check:]" if step["done"] else ":primary[:material/arrow_right:]"
    detail = f" :gray[· {escaped(step['detail'])}]" if step["detail"] else ""
    ms = f" :gray[· {milliseconds(step['ms'])}]" if step["done"] else " …"
    return f"{mark} {escaped(step['label'])}{detail}{ms}"


def milliseconds(ms: float) -> str:
    """A duration as a person reads it: "0.4 ms", "12 ms", "3,400 ms"."""
    number = f"{ms:.1f}" if 0 < ms < 1 else f"{ms:,.0f}"
    return f"{number}\u00a0ms"  # a space that breaks no line


def _headline(document: Document) -> str:
    if document["status"] == "queued":
        return "Waiting for a free place"
    return "Putting it into words" if conversation.has_table(document) else "Working on it"


def _cancel(query_id: str) -> None:
    try:
        client().cancel(query_id)
    except ApiError as error:
        trouble.keep(error)
