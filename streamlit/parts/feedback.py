"""Saying that an answer is right or wrong."""

from __future__ import annotations

import streamlit as st

import conversation
from analyst.client import ApiError, Document, Verdict
from connection import client
from parts import signed_in, trouble

_THANKS = {
    "approve": ":green[:material/check_circle:] You approved this answer. "
    "It now helps with similar questions.",
    "reject": ":orange[:material/flag:] You marked this answer as wrong. "
    "It will not be used for other questions.",
}
_ASKED = {True: "Is this answer right?", False: "Is something wrong with this answer?"}
_LONGEST_NOTE = 500


def show(document: Document) -> None:
    """Two choices, or what was chosen with the way to change it; approving is for those who may."""
    query_id, given = document["query_id"], document["feedback"]
    approves = signed_in.me()["approves"]
    with st.container(key=f"feedback-{query_id}", horizontal=True, vertical_alignment="center", gap="small"):
        verdict = given["verdict"] if given else ""
        st.markdown(_THANKS.get(verdict, _ASKED[approves]), width="content")
        if approves and verdict != "approve":
            _approve(query_id)
        if verdict != "reject":
            _reject(query_id)


def _approve(query_id: str) -> None:
    st.button(
        "Approve",
        key=f"approve-{query_id}",
        icon=":material/thumb_up:",
        help="Keep this question with its SQL as an example: it will answer the same question again.",
        on_click=_send,
        args=(query_id, "approve"),
    )


def _reject(query_id: str) -> None:
    with st.popover(
        "Reject", icon=":material/thumb_down:", help="Say that this answer is wrong.", key=f"no-{query_id}"
    ):
        st.text_area("What is wrong? (optional)", key=f"note-{query_id}", max_chars=_LONGEST_NOTE, height=90)
        st.button(
            "Mark as wrong",
            key=f"reject-{query_id}",
            type="primary",
            on_click=_send,
            args=(query_id, "reject"),
        )


def _send(query_id: str, verdict: Verdict) -> None:
    note = str(st.session_state.get(f"note-{query_id}") or "") if verdict == "reject" else ""
    try:
        client().feedback(query_id, verdict, note=note)
    except ApiError as error:
        trouble.keep(error)
        return
    conversation.note_feedback(query_id, verdict)
