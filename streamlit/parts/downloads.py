"""The whole result as a file, made only when somebody asks for it, and never held here when it is large."""

from __future__ import annotations

import time

import streamlit as st

from analyst.client import ApiError, Client, Document, ExportDocument, Format, Link, TableDocument
from connection import client
from parts import trouble
from parts.model_banner import capabilities
from parts.table import note

_MIME: dict[Format, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_LABELS: dict[Format, str] = {"xlsx": "Excel", "csv": "CSV", "parquet": "Parquet"}
LARGE_CELLS = 100_000
"""A result of more is fetched by the browser itself, by a link; one of less is sent through this page."""
LINK_SECONDS = 780.0
"""A link is shown for so long; it opens the file for a little longer."""


class Fetch:
    """One file that may be asked for; a small one is called for on a thread of its own, which can show nothing."""

    def __init__(self, api: Client, query_id: str, format: Format) -> None:
        self._api, self._query_id, self._format = api, query_id, format
        self._clicks = self._ends = 0
        self._link, self._linked_at = "", 0.0
        self.error: ApiError | None = None
        """Why the last one failed."""
        self.progress: ExportDocument | None = None
        """How far a large file is, while it is made."""

    @property
    def under_way(self) -> bool:
        """True between a click and the end of what it began."""
        return self._ends < self._clicks

    @property
    def link(self) -> str:
        """Where the browser can fetch the file; empty while it cannot."""
        return self._link if time.monotonic() - self._linked_at < LINK_SECONDS else ""

    @property
    def format(self) -> Format:
        """Which kind of file it is."""
        return self._format

    def clicked(self) -> None:
        """Somebody asked for the file."""
        self._clicks += 1

    def __call__(self) -> bytes:
        """A small file's bytes; raises ApiError, and keeps it for the page to show."""
        self.error = None
        try:
            found = self._api.file(self._query_id, format=self._format)
        except ApiError as error:
            self.error = error
            raise
        finally:
            self._ends += 1
        if isinstance(found, bytes):
            return found
        self._take(found)
        raise ApiError("The file is large, so the page shows a link to it.", code="too_large", status=413)

    def begin(self) -> None:
        """Have the file made; the page then shows how far it is, or its link."""
        self._ask(start=True)

    def look(self) -> None:
        """See how far it is."""
        self._ask(start=False)

    def stop(self) -> None:
        """Nobody wants it any more."""
        self.progress = None
        try:
            self._api.cancel(self._query_id)
        except ApiError as error:
            self.error = error

    def _ask(self, *, start: bool) -> None:
        self.error = None
        try:
            self._take(self._api.file(self._query_id, format=self._format, link=True, start=start))
        except ApiError as error:
            self.progress, self.error = None, error

    def _take(self, found: bytes | Link | ExportDocument) -> None:
        self.progress = found if isinstance(found, dict) else None
        if isinstance(found, Link):
            self._link, self._linked_at = found.url, time.monotonic()


@st.fragment
def show(document: Document, table: TableDocument) -> None:
    """How many rows there are, and a button a format; Excel only as far as a sheet is meant to go."""
    known = capabilities()
    limit = known.get("xlsx_row_limit", 100_000)
    too_long = table["row_count"] > limit
    excel_help = (
        f"Excel files hold up to {limit:,} rows; take CSV." if too_long else "All rows, as an Excel file."
    )
    offered: tuple[Format, ...] = ("xlsx", "csv")
    if "parquet" in known.get("formats", ()):
        offered = (*offered, "parquet")
    fetches = {format: _fetch(document["query_id"], format) for format in offered}
    button = _begin if table["row_count"] * len(table["columns"]) > LARGE_CELLS else _button
    with st.container(key=f"below-{document['query_id']}", horizontal=True, vertical_alignment="center"):
        st.caption(note(table), width="stretch")
        button(document, fetches["xlsx"], help=excel_help, disabled=too_long)
        button(document, fetches["csv"], help="All rows, as comma-separated text.")
        if "parquet" in fetches:
            button(document, fetches["parquet"], help="All rows with their types, for other programs.")
    if any(fetch.under_way for fetch in fetches.values()):
        _wait_for(list(fetches.values()))
    for fetch in fetches.values():
        _outcome(document, fetch)


def _outcome(document: Document, fetch: Fetch) -> None:
    label = _LABELS[fetch.format]
    if fetch.progress is not None:
        _watch(document, fetch)
    elif fetch.link:
        st.link_button(f"Download the {label} file", fetch.link, icon=":material/download:")
    if fetch.error is not None:
        trouble.show(fetch.error)


@st.fragment(run_every=1.0)
def _watch(document: Document, fetch: Fetch) -> None:
    fetch.look()
    if fetch.progress is None:
        st.rerun()
    done, count = fetch.progress["rows_done"], max(1, fetch.progress["row_count"])
    told = (
        f"{_LABELS[fetch.format]}: {done:,} of {count:,} rows written" if done else "The file is being made …"
    )
    st.progress(min(1.0, done / count), text=told)
    if st.button("Stop", key=f"stop-{fetch.format}-{document['query_id']}", on_click=fetch.stop):
        st.rerun()


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


def _button(document: Document, fetch: Fetch, *, help: str, disabled: bool = False) -> None:
    format = fetch.format
    st.download_button(
        _LABELS[format],
        data=fetch,
        file_name=f"answer-{document['asked_at'][:10]}-{document['query_id'][:8]}.{format}",
        mime=_MIME[format],
        key=f"{format}-{document['query_id']}",
        help=help,
        on_click=fetch.clicked,
        icon=":material/download:",
        disabled=disabled,
    )


def _begin(document: Document, fetch: Fetch, *, help: str, disabled: bool = False) -> None:
    """For a large result: the click has the file made, and a link to it follows."""
    st.button(
        _LABELS[fetch.format],
        key=f"{fetch.format}-{document['query_id']}",
        help=help,
        on_click=fetch.begin,
        icon=":material/download:",
        disabled=disabled or fetch.progress is not None,
    )
