"""Pages that people write and the code fills in: what stands between two marks is made."""

from __future__ import annotations

import re
from collections.abc import Mapping

_BLOCK = re.compile(r"(<!-- made: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """The page with each block between `<!-- made: NAME -->` and `<!-- end -->` as it must be.

    Raises ValueError for a block that the page lacks, and for one that nobody makes.
    """
    there = [found["name"] for found in _BLOCK.finditer(page)]
    if sorted(there) != sorted(blocks):
        raise ValueError(f"The page has the blocks {sorted(there)} and should have {sorted(blocks)}.")
    return _BLOCK.sub(lambda found: f"{found[1]}{blocks[found['name']].strip()}\n{found[3]}", page)
