"""Who is signed in with this browser, as far as this tab knows."""

from __future__ import annotations

import streamlit as st

import connection
from analyst.client import Entrance, Me
from parts.plain import escaped

_KNOWN = "me"
_REFUSED = "refused-token"


def needed() -> bool:
    """True when nobody is signed in, or no longer."""
    token = connection.token()
    nobody = not token and connection.entrance() is not Entrance.OS
    return nobody or st.session_state.get(_REFUSED) == token


def refused() -> None:
    """Remember that the service does not take this token any more."""
    st.session_state[_REFUSED] = connection.token()


def me() -> Me:
    """Who asks, fetched once a tab and token; raises ApiError."""
    token = connection.token()
    known: tuple[str, Me] | None = st.session_state.get(_KNOWN)
    if known is not None and known[0] == token:
        return known[1]
    found = connection.client().me()
    if known is not None and known[1]["person"] != found["person"]:
        st.session_state.clear()  # what one person saw in this tab is not for the next
    st.session_state[_KNOWN] = (token, found)
    return found


def show() -> None:
    """The last line of the sidebar: the name, and the role where there are several."""
    person = me()
    text = escaped(person["name"])
    if connection.entrance() is not Entrance.OS:
        text = f"Signed in as **{text}**, role **{escaped(person['role'])}**"
    elif person["policy"]:
        text = f"{text}, role **{escaped(person['role'])}**"
    with st.sidebar, st.container(key="signed-in"):
        st.caption(f":material/person: {text}")
