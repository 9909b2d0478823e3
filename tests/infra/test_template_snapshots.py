"""Templates as they were when somebody last looked: what a change of the code changes in AWS shows in its diff.

`make snapshots` writes them anew.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from synthesis import OPTION_SETS, PARTS, Templates

FOLDER = Path(__file__).with_name("snapshots")
RENEWING = bool(os.environ.get("RENEW_SNAPSHOTS"))
LINES = 60
"""Of a difference that are shown."""
HASH = re.compile(r"[0-9a-f]{64}|(?<=[0-9A-F]{8})[0-9a-f]{32}")
"""Of files that are uploaded, and at the end of the names of what must be made anew: a function's version, the API's
deployment. They change with every line of code, and what they stand for shows elsewhere."""


def masked(template: object) -> Any:
    """The template with such hashes alike; raises ValueError where two names become one by that."""
    text = json.dumps(template, sort_keys=True)
    return json.loads(HASH.sub("-HASH", text), object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError(f"Two names are one without their hashes: {sorted(key for key, _ in pairs)}")
    return made


def written(template: object) -> str:
    """A template as the snapshots have it."""
    return json.dumps(masked(template), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("options", OPTION_SETS)
def test_the_template_is_as_it_was(synthesize: Callable[..., Templates], options: str, part: str) -> None:
    template = synthesize(**OPTION_SETS[options])[f"analyst-{part}"]
    file = FOLDER / options / f"{part}.json"
    now = written(template)
    if RENEWING:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now, encoding="utf-8")
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    changed = list(difflib.unified_diff(before.splitlines(), now.splitlines(), "before", "now", lineterm=""))
    shown = "\n".join(changed[:LINES])
    assert not changed, f"If this change is meant, run `make snapshots` and commit what it writes.\n{shown}"


def test_no_snapshot_is_of_something_gone() -> None:
    kept = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.json")}
    assert kept == {f"{options}/{part}.json" for options in OPTION_SETS for part in PARTS}


def test_only_hashes_are_masked() -> None:
    before = {"VersionCurrentVersion0A1B2C3D" + "0f" * 16: {"S3Key": "ab" * 32 + ".zip", "Memory": 512}}
    after = {"VersionCurrentVersion0A1B2C3D" + "1e" * 16: {"S3Key": "cd" * 32 + ".zip", "Memory": 512}}
    more = {"VersionCurrentVersion0A1B2C3D" + "1e" * 16: {"S3Key": "cd" * 32 + ".zip", "Memory": 1024}}
    assert written(before) == written(after) != written(more)


def test_two_names_do_not_become_one() -> None:
    with pytest.raises(ValueError, match="Two names"):
        masked({"A0A1B2C3D" + "0f" * 16: 1, "A0A1B2C3D" + "1e" * 16: 2})
