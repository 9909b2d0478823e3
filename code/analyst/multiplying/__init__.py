"""Join arithmetic: whether joins make a draft's totals count rows several times, put right or said."""

from __future__ import annotations

from analyst.multiplying.counted import check

__all__ = ["check"]
