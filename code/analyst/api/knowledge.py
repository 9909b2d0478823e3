"""Routes of what there is: sources, sessions, examples, capabilities, health."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Literal

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from analyst import __version__, understanding, wording
from analyst.api.bodies import ExampleBody, SqlBody
from analyst.api.visit import Visit
from analyst.errors import AnalystError, Cancelled, ModelTimeout, Refused
from analyst.example import Example, ExampleStatus
from analyst.exporting import offered
from analyst.exports.to_xlsx import MOST_ROWS as XLSX_MOST_ROWS
from analyst.identity import Scope
from analyst.ports import Cancellation
from analyst.question import LONGEST_QUESTION, Mode

QUESTIONS_SHOWN = 12
SQL_SECONDS = 25.0
"""An HTTP request ends after 29 s; whoever can wait longer asks with `POST /query`."""


class Knowledge:
    """Routes of what there is; each knows its visitor through `visit`."""

    def __init__(self, visit: Callable[[], Visit]) -> None:
        self._visit = visit

    def register(self, app: APIGatewayRestResolver) -> None:
        """Put the routes into the application."""
        app.get("/sources", summary="Databases that may be asked", tags=["Data"])(self.sources)
        app.get("/sessions", summary="Conversations of this person", tags=["Questions"])(self.sessions)
        app.get("/sessions/<session_id>", summary="One conversation", tags=["Questions"])(self.session)
        app.post("/sql", summary="Have SQL written, and nothing run", tags=["Questions"])(self.sql)
        app.get("/examples", summary="Approved and proposed pairs", tags=["Examples"])(self.examples)
        app.post("/examples", summary="Add a pair", tags=["Examples"])(self.add_example)
        app.delete("/examples/<example_id>", summary="Revoke a pair", tags=["Examples"])(self.revoke_example)
        app.get("/capabilities", summary="What this installation can do now", tags=["Service"])(
            self.capabilities
        )
        app.get("/health", summary="Is everything up?", tags=["Service"])(self.health)

    def sources(self) -> dict[str, Any]:
        """Each source with its example questions."""
        here = self._visit()
        library = here.house.library
        opened = library.open_sources(here.principal).all
        return {"sources": [library.describe(source, here.principal) for source in opened]}

    def sessions(self) -> dict[str, Any]:
        """Newest first."""
        here = self._visit()
        return {"sessions": here.house.questions.sessions(person=here.person)}

    def session(self, session_id: str) -> dict[str, Any]:
        """Its questions with their answers, oldest first."""
        here = self._visit()
        queries = here.house.desk.session(session_id, principal=here.principal)
        return {"session_id": session_id, "queries": queries}

    def sql(self, body: SqlBody) -> dict[str, Any]:
        """One draft of the model, unchecked."""
        here = self._visit()
        here.require(Scope.ASK)
        here.count()
        house = here.house
        source = house.library.open_sources(here.principal).get(body.source)
        catalog = house.view(source.key, here.principal).catalog
        request = house.analyst.draft_request(understanding.clean(body.question), catalog)
        cancellation = Cancellation()
        late = threading.Timer(SQL_SECONDS, cancellation.wish)
        late.start()
        try:
            draft = house.writer.draft(request, cancellation=cancellation)
        except Cancelled:
            raise ModelTimeout(f"The model did not write SQL within {SQL_SECONDS:g} seconds.") from None
        finally:
            late.cancel()
        if wording.repeats_instructions(f"{draft.sql}\n{draft.message}"):
            raise Refused("The draft repeats what the model was told.", rule="instructions")
        return {
            "decision": draft.decision,
            "sql": draft.sql,
            "message": wording.safe_text(draft.message),
            "usage": asdict(draft.usage),
        }

    def examples(
        self, source: str = "", status: Literal["", "proposed", "approved", "quarantined", "revoked"] = ""
    ) -> dict[str, Any]:
        """Newest first."""
        here = self._visit()
        wanted = ExampleStatus(status) if status else None
        found = here.house.library.examples(here.principal, source=source, status=wanted)
        return {"examples": [_example(e) for e in found]}

    def add_example(self, body: ExampleBody) -> tuple[dict[str, Any], int]:
        """Its SQL is guarded and planned first, as something that the sender may run."""
        here = self._visit()
        here.require(Scope.ASK)
        if body.approve:
            here.check_approves()
        here.count()
        key = here.house.library.open_sources(here.principal).get(body.source).key
        kept = here.house.teach(
            key,
            body.question,
            body.sql,
            approve_as=here.operator if body.approve else "",
            principal=here.principal,
        )
        return _example(kept), 201

    def revoke_example(self, example_id: int) -> dict[str, Any]:
        """It neither answers nor teaches any more."""
        here = self._visit()
        here.check_approves()
        library = here.house.library
        library.example(example_id, here.principal)
        return _example(
            library.decide(example_id, ExampleStatus.REVOKED, by=here.operator, person=here.person)
        )

    def capabilities(self) -> dict[str, Any]:
        """The model's state, formats and limits."""
        house = self._visit().house
        return {
            "version": __version__,
            "model": house.model_state(),
            "formats": list(offered()),
            "row_limit": house.settings.row_limit,
            "xlsx_row_limit": XLSX_MOST_ROWS,
            "longest_question": LONGEST_QUESTION,
            "modes": [mode.value for mode in Mode],
        }

    def health(self) -> tuple[dict[str, Any], int]:
        """200 while questions can be stored, 503 otherwise."""
        house = self._visit().house
        try:
            house.state.rows("SELECT 1")
        except AnalystError as error:
            return {"status": "down", "message": str(error)}, 503
        return {"status": "ok", "model": house.model_state()["state"]}, 200


def _example(example: Example) -> dict[str, Any]:
    times = {"decided_at": example.decided_at, "last_used_at": example.last_used_at}
    return asdict(example) | {name: at.isoformat() if at else None for name, at in times.items()}
