"""The answer to a health request, as lines of the status."""

from __future__ import annotations

import json
import sys
from typing import Any


def lines(answer: Any) -> list[tuple[str, str]]:
    """What to tell of a function's answer: whether it is right, and what it says."""
    if not isinstance(answer, dict):
        return [("state", "does not answer rightly")]
    right = answer.get("statusCode") == 200
    says = str(answer.get("body") or answer.get("errorMessage") or "")
    return [("state", "answers" if right else "does not answer rightly"), ("says", " ".join(says.split()))]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        for field, value in lines(json.load(file)):
            sys.stdout.write(f"health\tdata-analyst\t{field}\t{value}\n")
