"""The first screen: what this is, what to do, and questions to begin with."""

from __future__ import annotations

import streamlit as st

from analyst.client import SourceDocument
from parts import ask_box, signed_in
from parts.plain import escaped

_MOST_EXAMPLES = 8
_STEPS = (
    ("Ask", "Type a question below, in your own words. No SQL needed."),
    ("See", "You get a short answer, a chart and the table behind it."),
    ("Check", "Every answer shows its SQL and how it was made."),
)
_APPROVE = " Approve the right ones."


def show(source: SourceDocument | None) -> None:
    """Shown until the session has its first question."""
    with st.container(key="welcome"):
        st.title("What would you like to know?", anchor=False)
        if source is None:
            st.info("No data source is set up yet, so nothing can be asked.", icon=":material/info:")
            return
        st.markdown(_about(source))
        _steps()
        _examples(source)


def _about(source: SourceDocument) -> str:
    title = escaped(source["title"] or source["name"])
    tables = (
        f" · {count:,} table{'' if count == 1 else 's'}" if (count := source["tables"]) is not None else ""
    )
    return f":material/database: **{title}** :gray[· {escaped(source['engine'])}{tables}]"


def _steps() -> None:
    with st.container(key="welcome-steps"):
        for column, (index, (title, text)) in zip(st.columns(3), enumerate(_STEPS, start=1), strict=True):
            more = _APPROVE * (index == len(_STEPS) and signed_in.me()["approves"])
            column.markdown(f"**:primary[{index}]  {title}**  \n{text}{more}")


def _examples(source: SourceDocument) -> None:
    questions = source["questions"]
    if not questions:
        return
    st.subheader("Try one of these", anchor=False)
    shown = len(questions) if len(questions) <= _MOST_EXAMPLES + 1 else _MOST_EXAMPLES
    _buttons(questions[:shown])
    if len(questions) > shown:
        with st.expander(f"{len(questions) - shown} more examples"):
            _buttons(questions[shown:], first=shown)


def _buttons(questions: list[str], *, first: int = 0) -> None:
    with st.container(key=f"examples-{first}"):
        columns = st.columns(2)
        for index, question in enumerate(questions):
            columns[index % 2].button(
                escaped(question),
                key=f"example-{first + index}",
                on_click=ask_box.submit,
                args=(question,),
                width="stretch",
                wrap=True,
            )
