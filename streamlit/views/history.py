"""The sidebar: this person's sessions, newest first."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

import conversation
from analyst.client import ApiError, SessionDocument
from connection import client
from parts import place, trouble
from parts.plain import escaped, shortened

_SHOWN_AT_FIRST = 15
_LONGEST_TITLE = 60


def show() -> None:
    """The new-session button, and the sessions to go back to."""
    with st.sidebar, trouble.guarded():
        st.button(
            "New session",
            key="new-session",
            icon=":material/add:",
            on_click=_begin,
            type="primary",
            width="stretch",
        )
        st.button(
            "Look up approved questions",
            key="open-cache",
            icon=":material/manage_search:",
            help="See why a question is answered from an approved one, or why not.",
            on_click=place.show_cache,
            width="stretch",
        )
        sessions = client().sessions()
        st.markdown("**Your sessions**")
        if not sessions:
            st.caption("Your questions will be listed here. Only you see them.")
        _list(sessions)


def _list(sessions: list[SessionDocument]) -> None:
    all_wanted = st.session_state.get("all-sessions", False)
    shown = sessions if all_wanted else sessions[:_SHOWN_AT_FIRST]
    with st.container(key="history", gap=None):
        for session in shown:
            _entry(session)
    if len(sessions) > len(shown):
        st.button(f"Show all {len(sessions)}", key="show-all", on_click=_show_all, type="tertiary")


def _show_all() -> None:
    st.session_state["all-sessions"] = True


def _entry(session: SessionDocument) -> None:
    here = session["session_id"] == conversation.current().session_id
    st.button(
        escaped(shortened(session["title"] or "Untitled", _LONGEST_TITLE)),
        key=f"session-{'here-' if here else ''}{session['session_id']}",
        help=_about(session),
        on_click=_open,
        args=(session["session_id"],),
        type="tertiary",
        width="stretch",
        wrap=False,
    )


def _begin() -> None:
    conversation.begin()
    place.show_conversation()


def _open(session_id: str) -> None:
    try:
        conversation.enter(session_id)
    except ApiError as error:
        trouble.keep(error)
    else:
        place.show_conversation()


def _about(session: SessionDocument) -> str:
    count = session["questions"]
    return f"{count} question{'' if count == 1 else 's'}, last asked {_when(session['last_asked_at'])}"


def _when(instant: str) -> str:
    try:
        zone = ZoneInfo(st.context.timezone or "UTC")
        return f"{datetime.fromisoformat(instant).astimezone(zone):%d %b %Y, %H:%M}"
    except (ValueError, ZoneInfoNotFoundError):
        return "some time ago"
