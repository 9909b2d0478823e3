"""What `streamlit run` serves: the page, behind the gate that says who comes in."""

from __future__ import annotations

import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from analyst import log
from connection import believes_proxies, entrance
from parts.entrance import Gate
from parts.trouble import show_unexpected

_SLOW_TO_IMPORT = ("pandas", "pyarrow", "plotly.graph_objects", "plotly.io", "plotly.tools")


@asynccontextmanager
async def _warmed(_: st.App) -> AsyncIterator[None]:
    """Import what the first chart and table need while nobody waits for them yet."""
    log.start("INFO")
    names = _SLOW_TO_IMPORT
    threading.Thread(target=lambda: [importlib.import_module(n) for n in names], daemon=True).start()
    yield


def _on_script_error(error: Exception) -> bool:
    """Show one sentence in place of Streamlit's own box, for whatever got past the page's guard."""
    show_unexpected(error)
    return True


app = st.App(
    Path(__file__).with_name("page.py"),
    lifespan=_warmed,
    middleware=[Middleware(Gate, entrance=entrance(), believes_proxies=believes_proxies())],
    on_script_error=_on_script_error,
)
