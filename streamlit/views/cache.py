"""Why a question is answered from an approved one, or why not: the nearest ones with a verdict and its reason."""

from __future__ import annotations

import streamlit as st

import conversation
from analyst.client import ApiError, CandidateDocument, ExplanationDocument, SourceDocument, SwapDocument
from connection import client
from parts import place, trouble
from parts.plain import escaped, plain

_BOX = "cache-question"
_FOUND = "cache-found"
_LONGEST = 2000
_PATIENCE_SECONDS = 30.0
"""Where another function looks them up, it may have to be started first."""
_ABOUT = (
    "A question that means the same as an approved one is answered with its SQL, without a model. Type a question to "
    "see which approved questions come near to it, and what speaks for or against each. Nothing is run."
)
_HEADS = {
    "same": ":green[:material/check_circle:] **Hit: approved question \\#{id} would answer it**",
    "bound": ":green[:material/swap_horiz:] **Bind: approved question \\#{id} would answer it, with your values in**",
    "miss": ":material/do_not_disturb_on: **Miss: no approved question answers it, so a model would be asked**",
}
_LABELS = {
    "same": ":green[:material/check_circle:] **Hit**",
    "bound": ":green[:material/swap_horiz:] **Bind**",
    "miss": ":material/do_not_disturb_on: **Miss**",
}
_OWN = "Only approved questions that you may see are listed. Nearness finds them; it does not decide."


def show(source: SourceDocument | None) -> None:
    """The question to look up, and what came of the last one."""
    with st.container(key="cache"):
        st.title("Would an approved question answer this?", anchor=False)
        st.button(
            "Back to the conversation",
            key="leave-cache",
            icon=":material/arrow_back:",
            on_click=place.show_conversation,
            type="tertiary",
        )
        if source is None:
            st.info("No data source is set up yet, so nothing is approved.", icon=":material/info:")
            return
        st.markdown(_ABOUT)
        _form(source)
        found: ExplanationDocument | None = st.session_state.get(_FOUND)
        if found is not None:
            _explanation(found)


def _form(source: SourceDocument) -> None:
    if _BOX not in st.session_state:
        st.session_state[_BOX] = _newest()
    with st.form("cache-form", border=False):
        st.text_input("Question to look up", key=_BOX, max_chars=_LONGEST)
        st.form_submit_button(
            "Look it up", icon=":material/search:", on_click=_look_up, args=(source["name"],), type="primary"
        )


def _newest() -> str:
    """The question that was asked last, which is mostly the one somebody wonders about."""
    documents = list(conversation.current().documents.values())
    return documents[-1]["question"] if documents else ""


def _look_up(source: str) -> None:
    question = str(st.session_state.get(_BOX) or "")
    st.session_state.pop(_FOUND, None)
    if not question.strip():
        return
    try:
        api = client(timeout_seconds=_PATIENCE_SECONDS)
        st.session_state[_FOUND] = api.explain(question, source=source)
    except ApiError as error:
        trouble.keep(error)


def _explanation(found: ExplanationDocument) -> None:
    with st.container(key="cache-outcome", gap="xsmall"):
        st.header(escaped(found["question"]), anchor=False)
        st.markdown(_HEADS.get(found["verdict"], _HEADS["miss"]).format(id=found["example_id"] or "?"))
        st.text(plain(found["reason"]))
        st.caption(f"Asked of {escaped(found['source'])}. {_OWN}")
    if found["candidates"]:
        st.subheader(_counted(len(found["candidates"])), anchor=False)
    for candidate in found["candidates"]:
        _candidate(candidate)


def _counted(number: int) -> str:
    return f"{number} approved question{'' if number == 1 else 's'} near to it, the nearest first"


def _candidate(candidate: CandidateDocument) -> None:
    number = candidate["example_id"]
    with st.container(key=f"candidate-{number}", border=True, gap="xsmall"):
        st.markdown(f"**\\#{number} {escaped(candidate['question'])}**")
        label = _LABELS.get(candidate["verdict"], _LABELS["miss"])
        st.markdown(f"{label}: {escaped(candidate['reason'])}")
        if candidate["swaps"]:
            st.markdown("\n".join(f"- {_swap(swap)}" for swap in candidate["swaps"]))
        st.caption(_origin(candidate))
        bound = " with your values" if candidate["verdict"] == "bound" else ""
        with st.expander(f"SQL of approved question #{number}{bound}", icon=":material/code:"):
            st.code(plain(candidate["sql"]), language="sql", wrap_lines=True)


def _swap(swap: SwapDocument) -> str:
    where = f" in {escaped(swap['column'])}" if swap["column"] else ""
    return f"{escaped(swap['old'])} becomes {escaped(swap['new'])}{where}"


def _origin(candidate: CandidateDocument) -> str:
    by = f"Approved by {escaped(candidate['approved_by'])}" if candidate["approved_by"] else "Approved"
    on = f" on {escaped(candidate['approved_at'][:10])}" if candidate["approved_at"] else ""
    return f"{by}{on}. Nearness {candidate['similarity']:.2f} of 1."
