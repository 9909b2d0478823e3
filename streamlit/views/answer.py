"""One answer: words, chart, table, what to ask next, and how it was made."""

from __future__ import annotations

import streamlit as st

from analyst.client import AnswerDocument, Assurance, Document, ErrorDocument, assured, reused
from parts import ask_box, chart, downloads, feedback, receipt, table
from parts.plain import escaped, plain
from parts.trouble import sentence

_ASK_AGAIN = frozenset({"failed", "cancelled"})
_SUGGESTED = {
    "clarify": "Choose one of these, or ask in other words",
    "unanswerable": "What can be asked instead",
}


def show(document: Document) -> None:
    """A question that ended, well or not."""
    query_id, answer, error = document["query_id"], document["answer"], document["error"]
    if error is not None:
        _error(document, error)
    if answer is None:
        return
    _words(document, answer)
    if document["status"] == "answered":
        _result(document, answer)
    if answer["receipt"] is not None:
        receipt.show_sql(answer["receipt"])
        receipt.show(document, answer["receipt"])
    if document["status"] == "answered" and answer["receipt"] is not None:
        feedback.show(document)
    _suggestions(query_id, answer, title=_SUGGESTED.get(document["status"], "You could ask next"))


def show_early(document: Document) -> None:
    """The rows, while the words are still being written."""
    answer = document["answer"]
    if answer is not None and answer["table"] is not None:
        table.show(answer["table"], key=f"early-{document['query_id']}")
        st.caption(table.note(answer["table"]))


def _words(document: Document, answer: AnswerDocument) -> None:
    if not answer["words"]:
        return
    with st.container(key=f"words-{document['query_id']}", gap="xsmall"):
        if document["status"] == "clarify":
            st.markdown(":primary[:material/help:] **One thing to clear up first**")
        elif document["status"] == "unanswerable":
            st.markdown(":primary[:material/info:] **This cannot be answered from the data**")
        st.text(plain(answer["words"]))
        if document["status"] == "answered":
            found = assured(document)
            st.caption(_trust(document, answer, found))
            if found is not None and found.low:
                _unsure(document, found)


def _unsure(document: Document, found: Assurance) -> None:
    """Says on the answer itself that it may well be wrong, and offers to take more trouble."""
    st.warning(f"**{escaped(found.words)}** {escaped(found.advice)}", icon=":material/help:")
    if document["mode"] != "thorough" and ask_box.offers("thorough"):
        st.button(
            "Ask again in thorough mode",
            key=f"thorough-{document['query_id']}",
            icon=":material/refresh:",
            on_click=ask_box.submit,
            args=(document["question"],),
            kwargs={"mode": "thorough"},
        )


def _trust(document: Document, answer: AnswerDocument, found: Assurance | None) -> str:
    """One line on how far the answer can be relied on: time, who vouches for it, warnings."""
    seconds = sum(s["ms"] for s in document["steps"]) / 1000
    parts = [f":material/timer: {seconds:,.1f} s"]
    made = answer["receipt"]
    if made is not None and made["cached"]:
        parts.append(f":material/verified: from approved question \\#{made['example_id'] or '?'}")
    elif found is not None and not found.low:
        parts.append(f":material/speed: {escaped(found.words)}")
    if answer["words_by"] == "model":
        parts.append(":material/fact_check: every number checked against the table")
    if made is not None and (said := reused(made)):
        parts.append(f":material/history: {escaped(said.partition(' (')[0])}")
    if made is not None and made["warnings"]:
        count = len(made["warnings"])
        parts.append(f":orange[:material/warning: {count} warning{'' if count == 1 else 's'}, see below]")
    return " · ".join(parts)


def _result(document: Document, answer: AnswerDocument) -> None:
    """Chart and table, or why there is none."""
    rows = answer["table"]
    if rows is None:
        return
    if not rows["row_count"]:
        st.info("The query ran, and found no rows.", icon=":material/table_rows:")
    elif not rows["rows"]:
        st.info(
            "The rows of this answer are no longer kept. Ask again to see them.", icon=":material/history:"
        )
        _ask_again(document)
    else:
        chart.show(document["query_id"], document)
        table.show(rows, key=f"table-{document['query_id']}")
        downloads.show(document, rows)


def _suggestions(query_id: str, answer: AnswerDocument, *, title: str) -> None:
    if not answer["suggestions"]:
        return
    with st.container(key=f"suggestions-{query_id}", gap="xsmall"):
        st.markdown(f"**{title}**")
        for index, question in enumerate(answer["suggestions"]):
            st.button(
                escaped(question),
                key=f"suggestion-{query_id}-{index}",
                icon=":material/subdirectory_arrow_right:",
                on_click=ask_box.submit,
                args=(question,),
            )


def _error(document: Document, error: ErrorDocument) -> None:
    message = sentence(error["message"], request_id=error["request_id"] or document["request_id"])
    if document["status"] == "cancelled":
        st.info(message, icon=":material/block:")
    elif document["status"] == "refused":
        st.warning(message, icon=":material/shield:")
    else:
        st.error(message, icon=":material/error:")
    if document["status"] in _ASK_AGAIN:
        _ask_again(document)


def _ask_again(document: Document) -> None:
    st.button(
        "Ask again",
        key=f"again-{document['query_id']}",
        icon=":material/refresh:",
        on_click=ask_box.submit,
        args=(document["question"],),
    )
