"""What the API has the worker do: only the worker may embed a text, read a source's catalog, and tidy."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from analyst import tracing
from analyst.errors import AnalystError, FunctionFailed, WrongUsage
from analyst.example import Example
from analyst.identity import Principal

if TYPE_CHECKING:
    from analyst.invoking import Function

logger = logging.getLogger(__name__)


class Doer(Protocol):
    """Does errands in this process."""

    def teach(
        self,
        source: str,
        question: str,
        sql: str,
        *,
        approve_as: str,
        note: str,
        principal: Principal | None,
    ) -> Example:
        """Keep a question/SQL pair of a source as an example, as far as the person may see what it reads."""
        ...

    def explain(self, source: str, question: str, *, principal: Principal | None) -> dict[str, Any]:
        """What the answer cache makes of a question, as far as the person may see it."""
        ...

    def read_catalog(self, source: str) -> None:
        """Have the catalog of a source in the store, read from the source where it is not known yet."""
        ...

    def renew_catalog(self, source: str) -> None:
        """Read the catalog of a source anew, unless somebody does; raises nothing."""
        ...

    def make_export(self) -> bool:
        """Make one large file that waits for a worker; False when there is none."""
        ...

    def count_examples(self) -> int:
        """How many approved examples there are, for whoever is about to remove them."""
        ...

    def tidy(self) -> None:
        """Remove what is older than it may be."""
        ...


class RemoteErrands:
    """Sends errands to the worker function and waits for them."""

    def __init__(self, worker: Function) -> None:
        self._worker = worker

    def teach(
        self,
        source: str,
        question: str,
        sql: str,
        *,
        approve_as: str,
        note: str,
        principal: Principal | None,
    ) -> int:
        """The id of the example that was kept; raises what the worker said."""
        wishes = {
            "source": source,
            "question": question,
            "sql": sql,
            "approve_as": approve_as,
            "note": note,
            "principal": principal.to_dict() if principal else None,
        }
        return int(self._run("teach", wishes)["example_id"])

    def explain(self, source: str, question: str, *, principal: Principal | None) -> dict[str, Any]:
        """What the answer cache makes of a question; raises what the worker said."""
        by = principal.to_dict() if principal else None
        wishes = {"source": source, "question": question, "principal": by}
        found: dict[str, Any] = self._run("explain", wishes)["explanation"]
        return found

    def read_catalog(self, source: str) -> None:
        """Come back once the catalog is in the store; raises what the worker said."""
        self._run("read_catalog", {"source": source})

    def renew_catalog(self, source: str) -> None:
        """Have the catalog read anew, and do not wait for it."""
        try:
            self._worker.send({"operation": "renew_catalog", "source": source})
        except FunctionFailed as error:
            logger.warning("a catalog stays as it is: %s", error.code)

    def _run(self, operation: str, wishes: Mapping[str, Any]) -> dict[str, Any]:
        event = {"operation": operation, "request_id": tracing.request_id(), **wishes}
        done = self._worker.call(event)
        if "error" in done:
            raise _said(done["error"])
        return done


def run(event: Mapping[str, Any], doer: Doer) -> dict[str, Any]:
    """The worker's side: one errand, its result or error as plain JSON values."""
    try:
        return _done(event, doer)
    except AnalystError as error:
        logger.warning("errand %s: %s", event.get("operation"), error.code)
        return {"error": {"code": error.code, "status": error.status, "message": str(error)}}


def _done(event: Mapping[str, Any], doer: Doer) -> dict[str, Any]:
    if event["operation"] == "teach":
        given = {name: str(event.get(name) or "") for name in ("approve_as", "note")}
        example = doer.teach(event["source"], event["question"], event["sql"], **given, principal=_by(event))
        return {"example_id": example.id}
    if event["operation"] == "explain":
        return {"explanation": doer.explain(event["source"], event["question"], principal=_by(event))}
    if event["operation"] == "read_catalog":
        doer.read_catalog(event["source"])
        return {}
    if event["operation"] == "renew_catalog":
        doer.renew_catalog(event["source"])
        return {}
    if event["operation"] == "export":
        return {"made": doer.make_export()}
    if event["operation"] == "tidy":
        doer.tidy()
        return {}
    if event["operation"] == "count_examples":
        return {"approved": doer.count_examples()}
    raise WrongUsage(
        "The errands are teach, explain, read_catalog, renew_catalog, export, count_examples and tidy."
    )


def _by(event: Mapping[str, Any]) -> Principal | None:
    return Principal.from_dict(event["principal"]) if event.get("principal") else None


def _said(data: Mapping[str, Any]) -> AnalystError:
    """An error as the worker met it."""
    error = AnalystError(str(data.get("message") or "The worker could not do this."))
    error.code, error.status = str(data.get("code") or error.code), int(data.get("status") or error.status)
    return error
