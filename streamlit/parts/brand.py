"""The product's name and mark."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

NAME = "Data Analyst BI"
ICON = str(Path(__file__).parent.parent / "favicon.svg")

_HEADER = """
<div class="brand">
  <span class="brand-mark" aria-hidden="true"></span>
  <span class="brand-name">Data Analyst <b>BI</b></span>
</div>
"""


def show() -> None:
    """The header, the same on every screen."""
    st.html(_HEADER)
