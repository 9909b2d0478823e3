"""The page: header, history, the conversation and the box to ask in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

import conversation
from parts import ask_box, brand, model_banner, offline, place, signed_in
from parts.plain import escaped
from parts.trouble import guarded, show_kept
from views import cache, history, sign_in, thread, welcome


def main() -> None:
    """One run of the page, from top to bottom."""
    st.set_page_config(page_title=brand.NAME, page_icon=brand.ICON, layout="wide")
    st.html(Path(__file__).with_name("style.css"))
    brand.show()
    with guarded(), offline.watched():
        if signed_in.needed():
            sign_in.show()
        elif not signed_in.me()["role"]:
            sign_in.show_without_role(signed_in.me())
        else:
            _body()


def _body() -> None:
    notice = conversation.follow_address()
    sources = ask_box.sources()
    history.show()
    signed_in.show()
    ask_box.show(sources)
    model_banner.show()
    if notice:
        st.warning(escaped(notice), icon=":material/info:")
    if place.is_cache():
        cache.show(ask_box.chosen_source(sources))
    elif conversation.current().documents:
        thread.show()
    else:
        welcome.show(ask_box.chosen_source(sources))
    show_kept()


main()
