"""What is said while the language model is not there yet."""

from __future__ import annotations

import streamlit as st

from analyst.client import ApiError, Capabilities, ModelState
from connection import client
from parts.plain import escaped
from parts.trouble import guarded

_MEGABYTE = 1_000_000
_MEANWHILE = "The example questions already answer without it."


def show() -> None:
    """A banner with progress until the model is ready, and nothing from then on."""
    if capabilities()["model"]["state"] != "ready":
        _watch()


def capabilities() -> Capabilities:
    """What the installation can do; asked again until the model is ready."""
    known: Capabilities | None = st.session_state.get("capabilities")
    if known is None or known["model"]["state"] != "ready":
        known = client().capabilities()
        st.session_state["capabilities"] = known
    return known


@st.fragment(run_every=2)
def _watch() -> None:
    with guarded():
        try:
            model = client(timeout_seconds=3).capabilities()["model"]
        except ApiError:
            model = st.session_state["capabilities"]["model"]
        if model["state"] == "ready":
            st.rerun()
        _banner(model)


def _banner(model: ModelState) -> None:
    with st.container(key="model-banner", border=True, gap="small"):
        if model["state"] == "failed":
            reason = escaped(model["message"]) or "The language model could not be started."
            st.markdown(f":material/warning: **{reason}** {_MEANWHILE}")
        elif model["state"] == "loading":
            st.markdown(f":material/hourglass_top: **The language model is being loaded.** {_MEANWHILE}")
            st.progress(1.0)
        else:
            st.markdown(f":material/downloading: **The language model is on its way.** {_MEANWHILE}")
            st.progress(_share(model), text=_amount(model))


def _share(model: ModelState) -> float:
    return min(1.0, model["done"] / model["total"]) if model["total"] > 0 else 0.0


def _amount(model: ModelState) -> str:
    if model["total"] <= 0:
        return escaped(model["message"]) or "Starting"
    done, total = model["done"] // _MEGABYTE, model["total"] // _MEGABYTE
    return f"{done:,} of {total:,} MB"
