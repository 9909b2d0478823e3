"""The steps of one question, timed and shown while they happen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from analyst.question import Step

LABELS = {
    "recall": "Reading the conversation",
    "catalog": "Looking at what the data holds",
    "values": "Looking up what the question names",
    "examples": "Looking for approved answers",
    "link": "Choosing tables and columns",
    "draft": "Writing SQL",
    "repair": "Correcting the SQL",
    "guard": "Checking that the SQL is safe",
    "explain": "Having the database plan it",
    "run": "Running the query",
    "reuse": "Taking rows that were read before",
    "vote": "Comparing the results of the drafts",
    "probe": "Finding out why there is nothing",
    "check": "Checking the result",
    "words": "Putting it into words",
}
"""Every step by name, in the order in which they usually come."""


class Note:
    """What a step may say of itself while it runs."""

    def __init__(self) -> None:
        self.detail = ""


class Journal:
    """Records steps; `publish` gets all of them whenever one begins or ends."""

    def __init__(self, publish: Callable[[Sequence[Step]], None] = lambda _: None) -> None:
        self._publish = publish
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far."""
        return tuple(self._steps)

    @contextmanager
    def step(self, name: str) -> Iterator[Note]:
        """Time what happens inside; a step that fails is shown as done, too."""
        note, began, place = Note(), time.perf_counter(), len(self._steps)
        self._steps.append(Step(name=name, label=LABELS[name]))
        self._publish(self._steps)
        try:
            yield note
        finally:
            ms = round(1000 * (time.perf_counter() - began), 1)
            self._steps[place] = replace(self._steps[place], done=True, ms=ms, detail=note.detail)

    def milliseconds(self) -> dict[str, float]:
        """Milliseconds by step, repeated steps added up."""
        sums: dict[str, float] = {}
        for step in self._steps:
            sums[step.name] = round(sums.get(step.name, 0.0) + step.ms, 1)
        return sums
