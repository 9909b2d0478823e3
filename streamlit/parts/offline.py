"""What the page does while the API cannot be reached: say so, and come back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from analyst.client import ApiError, ApiUnreachable
from connection import client
from parts import trouble


@contextmanager
def watched() -> Iterator[None]:
    """Show an unreachable API as a sentence, and run the page again once it answers."""
    try:
        yield
    except ApiUnreachable as error:
        trouble.show(error)
        st.button("Try again now", icon=":material/refresh:")
        _wait_for_api()


@st.fragment(run_every=3)
def _wait_for_api() -> None:
    try:
        client(timeout_seconds=2).health()
    except ApiUnreachable:
        return
    except ApiError:
        pass  # somebody answers again, and the page shows what they say
    st.rerun()
