"""What an IAM policy allows: actions, resources, and the few conditions that ours have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

Context = Mapping[str, str]
NOTHING: Context = {}


class Policy:
    """An identity's policy of Allow statements only."""

    def __init__(self, file: Path) -> None:
        self.document: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))

    def allows(self, action: str, resource: str, context: Context = NOTHING) -> bool:
        """True when a statement grants the action on the resource to a request of that context."""
        return any(
            matches(action, each["Action"])
            and matches(resource, each["Resource"])
            and holds(each.get("Condition", {}), context)
            for each in self.document["Statement"]
        )

    def actions(self) -> Iterator[tuple[str, str]]:
        """Every action with every resource pattern it is granted on."""
        for statement in self.document["Statement"]:
            for action in many(statement["Action"]):
                for resource in many(statement["Resource"]):
                    yield action, resource


def many(value: str | list[str]) -> list[str]:
    """One or several, as several."""
    return [value] if isinstance(value, str) else value


def matches(value: str, patterns: str | list[str]) -> bool:
    """True when one of the patterns, with * and ?, fits."""
    return any(fnmatchcase(value, pattern) for pattern in many(patterns))


def holds(conditions: Mapping[str, Mapping[str, str]], context: Context) -> bool:
    """True when every condition is met; StringEquals needs its key, BoolIfExists does not."""
    for operator, wanted in conditions.items():
        for key, value in wanted.items():
            if operator == "BoolIfExists" and key not in context:
                continue
            assert operator in ("StringEquals", "BoolIfExists"), f"this evaluation does not know {operator}"
            if context.get(key) != value:
                return False
    return True
