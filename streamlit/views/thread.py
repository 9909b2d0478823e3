"""The conversation: earlier questions in short, the newest and what is opened in full."""

from __future__ import annotations

import streamlit as st

import conversation
from analyst.client import Document
from parts import progress, scroll
from parts.plain import escaped, shortened
from parts.trouble import guarded
from views import answer

_LONGEST_SUMMARY = 220


def show() -> None:
    """All questions of the session, the newest last."""
    documents = list(conversation.current().documents.values())
    for document in documents[:-1]:
        if not conversation.finished(document) or _opened(document):
            _full(document)
        else:
            _short(document)
    with st.container(key="newest"):
        _full(documents[-1], newest=True)
    if len(documents) > 1:
        scroll.to_newest(documents[-1]["query_id"])


def _opened(document: Document) -> bool:
    return bool(st.session_state.get(f"open-{document['query_id']}", False))


def _toggle(query_id: str) -> None:
    st.session_state[f"open-{query_id}"] = not st.session_state.get(f"open-{query_id}", False)


def _short(document: Document) -> None:
    query_id = document["query_id"]
    with st.container(key=f"earlier-{query_id}", border=True, gap="xsmall"):
        st.markdown(f"**{escaped(shortened(document['question'], _LONGEST_SUMMARY))}**")
        st.text(shortened(_outcome(document), _LONGEST_SUMMARY))
        st.button(
            "Show the full answer",
            key=f"show-{query_id}",
            icon=":material/expand_more:",
            on_click=_toggle,
            args=(query_id,),
            type="tertiary",
        )


def _outcome(document: Document) -> str:
    answered, error = document["answer"], document["error"]
    if error is not None:
        return error["message"]
    return answered["words"] if answered is not None and answered["words"] else "No answer."


def _full(document: Document, *, newest: bool = False) -> None:
    query_id = document["query_id"]
    with st.container(key=f"turn-{query_id}", gap="small"), guarded():
        with st.container(key=f"question-{query_id}"):
            st.header(escaped(document["question"]), anchor=False)
        if not conversation.finished(document):
            progress.show(query_id)
            answer.show_early(conversation.current().documents[query_id])
            return
        answer.show(conversation.with_rows(query_id))
        if not newest:
            st.button(
                "Show less",
                key=f"less-{query_id}",
                icon=":material/expand_less:",
                on_click=_toggle,
                args=(query_id,),
                type="tertiary",
            )
