"""The functions that the yardsticks call."""

from __future__ import annotations

import pytest
from scorers import guard

from analyst.errors import Refused


def test_guard_returns_what_would_run() -> None:
    assert guard("select 1 as one -- note", "postgres") == "SELECT 1 AS one LIMIT 1000001"


def test_guard_raises_to_refuse() -> None:
    with pytest.raises(Refused):
        guard("drop table orders", "athena")
