"""The steps of a thorough answer: each of its drafts on a line of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from analyst.client import Document, StepDocument

_OF_A_DRAFT = frozenset({"draft", "repair", "guard", "explain", "run", "reuse"})


def lines(document: Document) -> list[StepDocument]:
    """The steps as they are shown; in thorough mode those of one draft together, with what came of it."""
    steps = document["steps"]
    return list(_by_draft(steps)) if document["mode"] == "thorough" else steps


def vote(document: Document) -> str:
    """How many of the drafts agree on the answer; empty where the answer is of a single draft."""
    names = [step["name"] for step in document["steps"]]
    if "vote" not in names or "draft" in names[names.index("vote") :]:
        return ""
    return document["steps"][names.index("vote")]["detail"]


def _by_draft(steps: Sequence[StepDocument]) -> Iterator[StepDocument]:
    numbers, group = count(1), list[StepDocument]()
    for step in steps:
        if group and (step["name"] == "draft" or step["name"] not in _OF_A_DRAFT):
            yield _ended(group, next(numbers))
            group = []
        if group or step["name"] == "draft":
            group.append(step)
        else:
            yield step
    if group:
        yield _going_on(group, next(numbers))


def _ended(group: Sequence[StepDocument], number: int) -> StepDocument:
    return {
        "name": "draft",
        "label": f"Draft {number}",
        "done": True,
        "ms": sum(step["ms"] for step in group),
        "detail": _outcome(group[-1]),
    }


def _going_on(group: Sequence[StepDocument], number: int) -> StepDocument:
    newest = group[-1]
    if newest["done"]:  # nothing comes after it any more: the question was stopped, or failed
        return _ended(group, number)
    return {**newest, "label": f"Draft {number}: {newest['label']}"}


def _outcome(newest: StepDocument) -> str:
    if newest["name"] in ("run", "reuse") and newest["detail"]:
        return newest["detail"]
    return "wrote no SQL" if newest["name"] == "draft" and newest["detail"] else "did not run"
