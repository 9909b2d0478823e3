"""Answers and steps as plain JSON values, for the store and for the API's document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from analyst.answer import Answer, Receipt
from analyst.chart import Chart, ChartType
from analyst.ports import QuestionRecord
from analyst.question import Status, Step, Usage
from analyst.result import Kind, ResultColumn, ResultSet


def answer_to_dict(answer: Answer) -> dict[str, Any]:
    """An answer without its rows, which the result store keeps."""
    lean = replace(answer, result=replace(answer.result, rows=())) if answer.result else answer
    return asdict(lean)


def answer_from_dict(data: Mapping[str, Any]) -> Answer:
    """The inverse of `answer_to_dict`."""
    fields = dict(data)
    fields["status"] = Status(data["status"])
    fields["suggestions"] = tuple(data["suggestions"])
    fields["result"] = _result(data["result"]) if data["result"] else None
    fields["chart"] = _chart(data["chart"]) if data["chart"] else None
    fields["receipt"] = _receipt(data["receipt"]) if data["receipt"] else None
    return Answer(**fields)


def steps_from_list(data: list[dict[str, Any]]) -> tuple[Step, ...]:
    """Steps as they were shown."""
    return tuple(Step(**step) for step in data)


def document(record: QuestionRecord, *, source_name: str, rows: ResultSet | None = None) -> dict[str, Any]:
    """What `GET /query/{id}` and `ask --json` show; `rows` is the head of the stored result."""
    question = record.question
    error = dict(record.error, request_id=question.request_id) if record.error else None
    return {
        "query_id": question.id,
        "session_id": question.session_id,
        "request_id": question.request_id,
        "question": question.text,
        "source": source_name,
        "mode": question.mode.value,
        "status": record.status.value,
        "asked_at": question.asked_at.isoformat(),
        "finished_at": record.finished_at.isoformat() if record.finished_at else None,
        "steps": [asdict(step) for step in record.steps],
        "answer": _answer_document(record.answer, rows, source_name) if record.answer else None,
        "error": error,
        "feedback": dict(record.feedback) if record.feedback else None,
    }


def _answer_document(answer: Answer, rows: ResultSet | None, source_name: str) -> dict[str, Any]:
    chart = asdict(answer.chart) if answer.chart else None
    return {
        "words": answer.words,
        "words_by": answer.words_by,
        "table": _table_document(rows) if rows else None,
        "chart": chart,
        "suggestions": list(answer.suggestions),
        "receipt": _receipt_document(answer.receipt, source_name) if answer.receipt else None,
    }


def _table_document(result: ResultSet) -> dict[str, Any]:
    return {
        "columns": [{"name": c.name, "kind": c.kind.value} for c in result.columns],
        "rows": [list(row) for row in result.rows],
        "row_count": result.row_count,
        "truncated": result.truncated,
    }


def _receipt_document(receipt: Receipt, source_name: str) -> dict[str, Any]:
    data = asdict(receipt)
    usage: dict[str, Any] = data.pop("usage")
    return {**data, **usage, "source": source_name}


def _result(data: Mapping[str, Any]) -> ResultSet:
    columns = tuple(ResultColumn(name=c["name"], kind=Kind(c["kind"])) for c in data["columns"])
    return ResultSet(
        columns=columns, rows=(), row_count=data["row_count"], truncated=data["truncated"], id=data["id"]
    )


def _chart(data: Mapping[str, Any]) -> Chart:
    return Chart(
        type=ChartType(data["type"]),
        x=data["x"],
        y=tuple(data["y"]),
        series=data["series"],
        title=data["title"],
        alternatives=tuple(ChartType(a) for a in data["alternatives"]),
    )


def _receipt(data: Mapping[str, Any]) -> Receipt:
    lists = ("tables", "filters", "assumptions", "warnings", "examples_shown")
    fields = {**data, **{name: tuple(data[name]) for name in lists}, "usage": Usage(**data["usage"])}
    return Receipt(**fields)
