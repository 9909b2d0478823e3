"""What rows are poured into on their way: they are counted, kept, or passed on to several."""

from __future__ import annotations

from collections.abc import Sequence

from analyst.ports import ResultSink
from analyst.result import Cell, ResultColumn


class Counter:
    """A `ResultSink` that counts, and passes on where there is somewhere to."""

    def __init__(self, sink: ResultSink | None = None) -> None:
        self._sink = sink
        self.count = 0

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once, before any row."""
        if self._sink:
            self._sink.columns(columns)

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next rows, in batches of any size."""
        self.count += len(rows)
        if self._sink:
            self._sink.rows(rows)


class Rows:
    """A `ResultSink` that keeps them."""

    def __init__(self) -> None:
        self.kept: list[Sequence[Cell]] = []

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once, before any row."""

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next rows, in batches of any size."""
        self.kept += rows


class Each:
    """A `ResultSink` that passes everything to several."""

    def __init__(self, *sinks: ResultSink) -> None:
        self._sinks = sinks

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once, before any row."""
        for sink in self._sinks:
            sink.columns(columns)

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next rows, in batches of any size."""
        for sink in self._sinks:
            sink.rows(rows)
