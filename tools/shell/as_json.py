"""Lines "part<TAB>item<TAB>field<TAB>value" as one JSON object of objects; a value that is JSON stays JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable


def nest(lines: Iterable[str]) -> dict[str, dict[str, dict[str, object]]]:
    """The lines as part -> item -> field -> value."""
    nested: dict[str, dict[str, dict[str, object]]] = {}
    for line in lines:
        part, item, field, value = line.rstrip("\n").split("\t", 3)
        nested.setdefault(part, {}).setdefault(item, {})[field] = read(value)
    return nested


def read(value: str) -> object:
    """An object or a list as what it is, anything else as text."""
    if value[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


if __name__ == "__main__":
    json.dump(nest(sys.stdin), sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
