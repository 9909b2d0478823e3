"""Routes of questions: ask, look, cancel, fetch the rows, judge."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from analyst.api.bodies import AskBody, FeedbackBody
from analyst.api.visit import Visit
from analyst.asking import MOST_SHOWN
from analyst.errors import Conflict
from analyst.identity import Scope
from analyst.stores.exports import ExportJob

LARGEST_BODY = 3_000_000
"""Bytes of a file that is sent as it is; a function's response ends at 6 MB, and writing it as JSON may double it."""


class Queries:
    """Routes of questions; each knows its visitor through `visit`."""

    def __init__(self, visit: Callable[[], Visit]) -> None:
        self._visit = visit

    def register(self, app: APIGatewayRestResolver) -> None:
        """Put the routes into the application."""
        app.post("/query", summary="Ask a question", tags=["Questions"])(self.ask)
        app.get("/query/<query_id>", summary="Look at a question", tags=["Questions"])(self.look)
        app.delete("/query/<query_id>", summary="Cancel a question", tags=["Questions"])(self.cancel)
        app.get("/query/<query_id>/rows", summary="Fetch all rows", tags=["Questions"])(self.rows)
        app.post("/query/<query_id>/feedback", summary="Approve or reject an answer", tags=["Questions"])(
            self.feedback
        )

    def ask(self, body: AskBody) -> tuple[dict[str, Any], int]:
        """Store the question and answer 202 with its id; look at `GET /query/{id}` for what becomes of it."""
        here = self._visit()
        here.require(Scope.ASK)
        here.count()
        question = here.house.desk.new_question(
            body.question,
            source=body.source,
            session_id=body.session_id,
            principal=here.principal,
            request_id=here.request_id,
            mode=body.mode,
            use_cache=body.use_cache,
        )
        here.house.desk.put(question)
        return {"query_id": question.id, "session_id": question.session_id}, 202

    def look(self, query_id: str, rows: Annotated[int, Query(ge=0, le=MOST_SHOWN)] = 100) -> dict[str, Any]:
        """Its status, steps, and as much of the answer as there is."""
        here = self._visit()
        return here.house.desk.show(query_id, principal=here.principal, rows=rows)

    def cancel(self, query_id: str) -> dict[str, Any]:
        """Stop the model's and the database's work on it, and the writing of files of its rows."""
        here = self._visit()
        here.house.desk.cancel(query_id, principal=here.principal)
        here.house.exporting.cancel(query_id)
        return here.house.desk.show(query_id, principal=here.principal, rows=0)

    def rows(
        self,
        query_id: str,
        format: Literal["csv", "xlsx", "json", "parquet"] = "csv",
        start: bool = True,
        link: bool = False,
    ) -> Response[str]:
        """The stored result as a file; a large one, or any with `link`, as a redirection (303) to a short-lived link.

        A very large one is made by a worker: 202 says how far it is. Look again with `start=false`, which begins
        nothing; `DELETE /query/{id}` stops it.
        """
        here = self._visit()
        if start:
            here.count()
        house = here.house
        result_id = house.desk.stored_rows(query_id, principal=here.principal)
        file = (
            house.exporting.ask(result_id, format=format, question_id=query_id, person=here.person)
            if start
            else house.exporting.look(result_id, format=format)
        )
        if isinstance(file, ExportJob):
            return _under_way(file)
        house.desk.taken_away(query_id, principal=here.principal, format=format)
        if link or file.size > LARGEST_BODY:
            return Response(
                status_code=303, headers={"Location": here.house.objects.link(file.name)}, body=""
            )
        headers = {"Content-Disposition": f'attachment; filename="answer.{format}"'}
        # API Gateway turns base64 back into bytes only for what is declared binary, and text is not.
        binary = format in ("xlsx", "parquet")
        body = base64.b64encode(file.read()).decode() if binary else file.read().decode("utf-8")
        response = Response(status_code=200, content_type=file.media_type, headers=headers, body=body)
        response.base64_encoded = binary
        return response

    def feedback(self, query_id: str, body: FeedbackBody) -> dict[str, Any]:
        """An approved answer becomes an example that answers and teaches from then on; a rejected one no more.

        From who may not approve, the answer is only proposed, and a rejection is only noted.
        """
        here = self._visit()
        here.count()
        given: dict[str, Any] = {
            "verdict": body.verdict,
            "by": here.operator,
            "at": here.now,
            "note": body.note,
        }
        if body.verdict == "approve":
            given["example_id"] = _approve(query_id, body.note, here)
        else:
            _reject(query_id, body.note, here)
        here.house.desk.judged(query_id, given, principal=here.principal)
        return given


def _under_way(job: ExportJob) -> Response[str]:
    document = {"status": job.status, "rows_done": job.rows_done, "row_count": job.row_count}
    return Response(
        status_code=202,
        content_type="application/json",
        headers={"Retry-After": "1"},
        body=json.dumps({"export": document}),
    )


def _reject(query_id: str, note: str, here: Visit) -> None:
    desk = here.house.desk
    for example_id in desk.taught_by(query_id, principal=here.principal):
        here.house.library.reject(
            example_id,
            asked=desk.asked(query_id, principal=here.principal),
            by=here.operator,
            person=here.person,
            note=note,
            decides=here.approves,
        )


def _approve(query_id: str, note: str, here: Visit) -> int:
    question, sql = here.house.desk.answered(query_id, principal=here.principal)
    if not sql:
        raise Conflict("Only an answer that has SQL can be approved.")
    example = here.house.teach(
        question.source,
        question.text,
        sql,
        approve_as=here.operator if here.approves else "",
        note=note,
        principal=here.principal,
    )
    return example.id
