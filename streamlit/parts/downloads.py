"""The whole result as a file, made only when somebody asks for it."""

from __future__ import annotations

import streamlit as st

from analyst.client import ApiError, Client, Document, Format, TableDocument
from connection import client
from parts import trouble
from parts.model_banner import capabilities
from parts.table import note

_MIME: dict[Format, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Fetch:
    """One file that may be asked for; runs on a thread of its own, which can show nothing."""

    def __init__(self, api: Client, query_id: str, format: Format) -> None:
        self._api, self._query_id, self._format = api, query_id, format
        self._clicks = self._ends = 0
        self.error: ApiError | None = None
        """Why the last one failed."""

    @property
    def under_way(self) -> bool:
        """True between a click and the end of what it began."""
        return self._ends < self._clicks

    def clicked(self) -> None:
        """Somebody asked for the file."""
        self._clicks += 1

    def __call__(self) -> bytes:
        """The file's bytes; raises ApiError, and keeps it for the page to show."""
        self.error = None
        try:
            return self._api.rows(self._query_id, format=self._format)
        except ApiError as error:
            self.error = error
            raise
        finally:
            self._ends += 1


@st.fragment
def show(document: Document, table: TableDocument) -> None:
    """How many rows there are, and two buttons; Excel only as far as a sheet is meant to go."""
    limit = capabilities().get("xlsx_row_limit", 100_000)
    too_long = table["row_count"] > limit
    excel_help = (
        f"Excel files hold up to {limit:,} rows; take CSV." if too_long else "All rows, as an Excel file."
    )
    fetches = {format: _fetch(document["query_id"], format) for format in _MIME}
    with st.container(key=f"below-{document['query_id']}", horizontal=True, vertical_alignment="center"):
        st.caption(note(table), width="stretch")
        _button(document, "xlsx", fetches["xlsx"], label="Excel", help=excel_help, disabled=too_long)
        _button(document, "csv", fetches["csv"], label="CSV", help="All rows, as comma-separated text.")
    if any(fetch.under_way for fetch in fetches.values()):
        _wait_for(list(fetches.values()))
    for fetch in fetches.values():
        if fetch.error is not None:
            trouble.show(fetch.error)


@st.fragment(run_every=0.5)
def _wait_for(fetches: list[Fetch]) -> None:
    if not any(fetch.under_way for fetch in fetches):
        st.rerun()


def _fetch(query_id: str, format: Format) -> Fetch:
    key = f"fetch-{format}-{query_id}"
    if key not in st.session_state:
        st.session_state[key] = Fetch(client(), query_id, format)
    found: Fetch = st.session_state[key]
    return found


def _button(
    document: Document, format: Format, fetch: Fetch, *, label: str, help: str, disabled: bool = False
) -> None:
    st.download_button(
        label,
        data=fetch,
        file_name=f"answer-{document['asked_at'][:10]}-{document['query_id'][:8]}.{format}",
        mime=_MIME[format],
        key=f"{format}-{document['query_id']}",
        help=help,
        on_click=fetch.clicked,
        icon=":material/download:",
        disabled=disabled,
    )
