"""The desk that the scripts' tests work at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from known_calls import unknown_calls
from script_desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A healthy deployment called `analyst` in eu-west-1, on a desk of its own."""
    made = Desk(tmp_path)
    yield made
    unanswered = tmp_path / "unanswered"
    assert not unanswered.exists(), unanswered.read_text()
    assert unknown_calls([c["args"] for c in made.log if c["tool"] == "aws"]) == []
    assert made.left_behind == []
