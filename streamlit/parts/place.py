"""What this tab shows: the conversation, or what the answer cache makes of a question; the address says which."""

from __future__ import annotations

import streamlit as st

_PAGE = "page"
_CACHE = "cache"


def is_cache() -> bool:
    """True where the answer cache is to be shown."""
    return bool(st.query_params.get(_PAGE, "") == _CACHE)


def show_cache() -> None:
    """Show the answer cache from the next run on."""
    st.query_params[_PAGE] = _CACHE


def show_conversation() -> None:
    """Show the conversation from the next run on."""
    st.query_params.pop(_PAGE, None)
