"""Where a question is typed, with the choice of source and of how much work it is worth."""

from __future__ import annotations

import streamlit as st

import conversation
from analyst.client import ApiError, SourceDocument
from connection import client
from parts import place, trouble
from parts.model_banner import capabilities

_BOX = "ask"
_SOURCE = "source"
_FOLLOWED = "source-of-session"
_MODE = "mode"
_MODES = {"fast": "Fast", "thorough": "Thorough"}
_MODE_HELP = (
    "Fast writes one draft of the SQL and corrects it at most twice. Thorough draws up to five drafts and "
    "compares their results; it takes several times as long."
)
_CAUTION = "Answers come from your data, and can be wrong: check the SQL before you rely on them."
_ANOTHER = "A conversation stays with its source: your next question begins a new one."
_THOROUGH = "Thorough: draws up to five drafts and compares their results; takes several times as long."


def sources() -> list[SourceDocument]:
    """The databases that may be asked, fetched once a tab."""
    if not st.session_state.get("sources"):
        st.session_state["sources"] = client().sources()
    found: list[SourceDocument] = st.session_state["sources"]
    return found


def chosen_source(known: list[SourceDocument]) -> SourceDocument | None:
    """The source that the next question goes to; None where there is none at all."""
    name = st.session_state.get(_SOURCE)
    return next((s for s in known if s["name"] == name), known[0] if known else None)


def show(known: list[SourceDocument]) -> None:
    """The box at the bottom of the page; Enter sends."""
    _follow_conversation(known)
    with st.bottom, st.container(key="ask-bar", gap="small"):
        st.chat_input("Ask a question about your data", key=_BOX, on_submit=_submit_typed)
        with st.container(key="ask-options", horizontal=True, vertical_alignment="center", gap="small"):
            _mode()
            if len(known) > 1:
                _source(known)
            st.caption(_remark())


def _remark() -> str:
    if _leaves_conversation():
        return _ANOTHER
    return _THOROUGH if st.session_state.get(_MODE) == "thorough" else _CAUTION


def _source_of_conversation() -> str:
    """The source that the conversation is about; empty before its first question."""
    documents = list(conversation.current().documents.values())
    return documents[-1]["source"] if documents else ""


def _follow_conversation(known: list[SourceDocument]) -> None:
    """A conversation that was opened, or begun, brings its source along; once, so that another can be chosen."""
    session_id, name = conversation.current().session_id, _source_of_conversation()
    if st.session_state.get(_FOLLOWED) == session_id:
        return
    st.session_state[_FOLLOWED] = session_id
    if len(known) > 1 and any(source["name"] == name for source in known):
        st.session_state[_SOURCE] = name


def _leaves_conversation() -> bool:
    """True where the source that is chosen is not the conversation's."""
    chosen, own = str(st.session_state.get(_SOURCE) or ""), _source_of_conversation()
    return bool(chosen and own and chosen != own)


def offers(mode: str) -> bool:
    """True where the service answers in that mode, too."""
    return mode in capabilities().get("modes", [])


def submit(question: str, *, mode: str = "") -> None:
    """Send a question, in the chosen mode unless told; on failure its text goes back into the box.

    To another source than the conversation's, it begins a new one. For callbacks only.
    """
    if _leaves_conversation():
        conversation.begin()
    try:
        conversation.ask(
            question,
            source=str(st.session_state.get(_SOURCE) or ""),
            mode=mode or str(st.session_state.get(_MODE) or "fast"),
        )
    except ApiError as error:
        st.session_state[_BOX] = question
        trouble.keep(error)
    else:
        place.show_conversation()


def _submit_typed() -> None:
    question = str(st.session_state.get(_BOX) or "")
    if question.strip():
        submit(question)


def _mode() -> None:
    """The choice of mode, where the service really has more than one."""
    offered = [mode for mode in capabilities().get("modes", []) if mode in _MODES]
    if len(offered) < 2:
        return
    st.segmented_control(
        "How much work",
        offered,
        key=_MODE,
        default="fast",
        required=True,
        format_func=lambda mode: _MODES[mode],
        help=_MODE_HELP,
        label_visibility="collapsed",
    )


def _source(known: list[SourceDocument]) -> None:
    titles = {s["name"]: f"{s['title'] or s['name']} · {s['engine']}" for s in known}
    st.selectbox(
        "Source to ask",
        list(titles),
        key=_SOURCE,
        format_func=lambda name: titles.get(name, name),
        label_visibility="collapsed",
        width=240,
    )
