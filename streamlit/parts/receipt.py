"""How an answer was made, in plain words, and its SQL."""

from __future__ import annotations

import streamlit as st

from analyst.client import Document, ReceiptDocument, assured, reused
from parts import drafts
from parts.plain import escaped, plain
from parts.progress import milliseconds

_CACHED = {
    "same": "Answered from approved question #{id}, whose meaning is the same. No model was asked.",
    "bound": "Answered from approved question #{id}, with your values put in. No model was asked.",
}
_NO_MODEL = "No model was asked: the question and the names in the data were enough to decide."
_NO_ANSWER = "The model was asked, and no answer came of it that could be shown."
_RULE_OF_THUMB = "This is a rule of thumb from how the answer was made, and no proof."


def show_sql(receipt: ReceiptDocument) -> None:
    """The SQL as a person reads it, and below it what the database really ran; nothing where there is none."""
    if not receipt["sql"]:
        return
    with st.expander("SQL", icon=":material/code:"):
        st.code(plain(receipt["sql"]), language="sql", wrap_lines=True)
        if receipt["executed_sql"] and receipt["executed_sql"] != receipt["sql"]:
            st.caption("What the database really ran, with the policy and the row limit put in:")
            st.code(plain(receipt["executed_sql"]), language="sql", wrap_lines=True)


def show(document: Document, receipt: ReceiptDocument) -> None:
    """Everything else that a careful reader wants to know."""
    with st.expander("How this answer was made", icon=":material/receipt_long:"):
        for title, texts in facts(document, receipt):
            body = escaped(texts[0]) if len(texts) == 1 else "\n".join(f"- {escaped(t)}" for t in texts)
            st.markdown(
                f":small[:gray[{title}]]  \n{body}" if len(texts) == 1 else f":small[:gray[{title}]]\n{body}"
            )
        if document["steps"]:
            st.markdown(_steps(document))


def facts(document: Document, receipt: ReceiptDocument) -> list[tuple[str, list[str]]]:
    """Titles with one or more sentences each, in reading order; what is not known is left out."""
    found = [
        ("Warnings", receipt["warnings"]),
        ("How the question was understood", receipt["assumptions"]),
        ("Where it comes from", [_origin(document, receipt)]),
        ("How old the rows are", [said] if (said := reused(receipt)) else []),
        ("How far to trust it", _trust(document)),
        ("Source", [receipt["source"]] if receipt["source"] else []),
        ("Tables read", [", ".join(receipt["tables"])] if receipt["tables"] else []),
        ("Conditions", receipt["filters"]),
        ("Cost", [said] if (said := receipt.get("cost", "")) else []),
        ("Rules applied", [receipt["policy"]] if receipt["policy"] else []),
        ("Model", [_model(receipt)] if receipt["model"] else []),
        ("Request id", [document["request_id"]] if document["request_id"] else []),
    ]
    return [(title, list(texts)) for title, texts in found if texts]


def _origin(document: Document, receipt: ReceiptDocument) -> str:
    if receipt["cached"] in _CACHED:
        return _CACHED[receipt["cached"]].format(id=receipt["example_id"] or "?")
    if document["status"] != "answered":
        return _NO_ANSWER if receipt["attempts"] else _NO_MODEL
    if not receipt["attempts"]:
        return "The SQL was given, and no model was asked. It was checked before it ran."
    shown = receipt["examples_shown"]
    seen = f", having seen approved questions {', '.join(f'#{i}' for i in shown)}" if shown else ""
    return f"The model wrote the SQL {_drafts(document, receipt)}{seen}. The SQL was checked before it ran."


def _drafts(document: Document, receipt: ReceiptDocument) -> str:
    agreed = drafts.vote(document)
    if agreed:
        return f"several times ({agreed} on this result)"
    return "at the first attempt" if receipt["attempts"] <= 1 else f"in {receipt['attempts']} attempts"


def _trust(document: Document) -> list[str]:
    found = assured(document)
    if found is None:
        return []
    return [" ".join(filter(None, (f"{found.words}.", _RULE_OF_THUMB * found.measured, found.advice)))]


def _model(receipt: ReceiptDocument) -> str:
    return (
        f"{receipt['model']}, {receipt['prompt_tokens']:,} tokens read, "
        f"{receipt['completion_tokens']:,} tokens written"
    )


def _steps(document: Document) -> str:
    lines = [
        f"| {escaped(s['label'])} | {escaped(s['detail'])} | {milliseconds(s['ms'])} |"
        for s in drafts.lines(document)
    ]
    total = milliseconds(sum(s["ms"] for s in document["steps"]))
    return "\n".join(["| Step | Result | Time |", "|:--|:--|--:|", *lines, f"| **In all** | | **{total}** |"])
