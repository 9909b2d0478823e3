"""From rows to an answer: why there are none, the receipt, the chart, the words."""

from __future__ import annotations

from dataclasses import replace

from analyst import charting, checking, phrasing
from analyst.answer import Answer, Receipt
from analyst.catalog import Catalog
from analyst.explaining import Candidate
from analyst.ports import SqlWriter
from analyst.question import Status
from analyst.side_queries import SideQueries
from analyst.work import Found, Work


class Answering:
    """Makes answers of rows; they are shown before they are put into words."""

    def __init__(self, *, side_queries: SideQueries, writer: SqlWriter, words_rows: int) -> None:
        """`words_rows` is how many rows a model may read to put them into words."""
        self._side_queries = side_queries
        self._writer = writer
        self._words_rows = words_rows

    def answer(
        self,
        work: Work,
        found: Found,
        *,
        catalog: Catalog,
        by_model: bool,
        confidence: float,
        cached: Candidate | None = None,
    ) -> Answer:
        """The answer, in words `by_model` or in a plain sentence; `cached` is the example that gave the SQL."""
        question, result = work.question.text, found.result
        reasons = self._side_queries.explained(work, found)
        with work.journal.step("check"):
            warnings = (*found.warnings, *checking.warnings(found, catalog=catalog, reasons=reasons))
            receipt = _receipt(work, found, warnings=warnings, confidence=confidence, cached=cached)
            chart = charting.choose(question, result.columns, result.rows, complete=result.complete)
            answer = Answer(status=Status.ANSWERED, result=result, chart=chart, receipt=receipt)
        work.show(answer)
        if by_model:
            phrase = phrasing.by_model(work, result, writer=self._writer, rows=self._words_rows)
        else:
            phrase = phrasing.plain(question, result)
        receipt = replace(receipt, usage=work.usage)
        return replace(answer, words=phrase.words, words_by=phrase.by, receipt=receipt)


def _receipt(
    work: Work, found: Found, *, warnings: tuple[str, ...], confidence: float, cached: Candidate | None
) -> Receipt:
    query = found.query
    return work.receipt(
        sql=query.readable,
        executed_sql=query.sql,
        tables=query.tables,
        filters=query.filters,
        assumptions=checking.assumptions(
            query, notes=(*work.notes, *found.notes), limited=work.seen.limited(query.tables)
        ),
        warnings=warnings,
        confidence=confidence,
        reused_seconds=found.reused_seconds,
        example_id=cached.example.id if cached else None,
        cached=cached.verdict.kind if cached else None,
    )
