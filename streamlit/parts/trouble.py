"""What the page says when something goes wrong: one sentence, what to do, and a number to name."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from analyst.client import ApiError
from parts import signed_in
from parts.plain import escaped

log = logging.getLogger(__name__)

_WHAT_TO_DO = {
    "unreachable": "This page keeps trying.",
    "forbidden": "Ask whoever runs this installation.",
    "store_unavailable": "Try again in a moment.",
    "model_unavailable": "The example questions answer without the model.",
    "not_found": "It may have expired, or belong to somebody else.",
}


@contextmanager
def guarded() -> Iterator[None]:
    """The outermost edge of a part of the page: shows a sentence in place of whatever was raised."""
    try:
        yield
    except ApiError as error:
        show(error)
    except Exception as error:  # noqa: BLE001 - the edge: nothing raised may reach the person
        show_unexpected(error)


def show(error: ApiError) -> None:
    """One error of the API, as a sentence with what to do; who is not signed in any more is shown only that."""
    if error.status == 401:
        signed_in.refused()
        st.rerun()
    advice = _WHAT_TO_DO.get(error.code, "")
    st.error(sentence(str(error), request_id=error.request_id, advice=advice), icon=":material/error:")


def show_unexpected(error: Exception) -> None:
    """A fault of the page itself: the cause goes to the log, the person gets a number to name."""
    reference = secrets.token_hex(4)
    log.error("the page failed, reference %s", reference, exc_info=error)
    st.error(
        f"Something went wrong on this page. Reload it; if it stays, name the reference `{reference}`.",
        icon=":material/error:",
    )


def sentence(message: str, *, request_id: str = "", advice: str = "") -> str:
    """The message as markdown that shows it letter by letter, with advice and request id behind it."""
    parts = [escaped(message), escaped(advice) if advice else ""]
    number = f"  \n:small[Request id: {escaped(request_id)}]" if request_id else ""
    return " ".join(p for p in parts if p) + number


def keep(error: ApiError) -> None:
    """Remember an error that came up in a callback, for the run that follows."""
    if error.status == 401:
        signed_in.refused()
    else:
        st.session_state["trouble"] = error


def show_kept() -> None:
    """Show what a callback left behind, once."""
    error = st.session_state.pop("trouble", None)
    if error is not None:
        show(error)
