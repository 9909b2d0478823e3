"""Brings the newest question to the top of the screen, once for each."""

from __future__ import annotations

import streamlit as st

# The number makes the browser take the script for a new one; nothing else is ever put into it.
_SCRIPT = """
<script>
  /* {number} */
  for (const wait of [50, 400]) {{
    setTimeout(() => document.querySelector(".st-key-newest")?.scrollIntoView({{block: "start"}}), wait);
  }}
</script>
"""


def to_newest(query_id: str) -> None:
    """Scroll when another question became the newest; the person's own scrolling is left alone otherwise."""
    seen, number = st.session_state.get("scrolled-to", ("", 0))
    if seen != query_id:
        number += 1
        st.session_state["scrolled-to"] = (query_id, number)
    with st.container(key="scroll"):
        st.html(_SCRIPT.format(number=number), unsafe_allow_javascript=True)
