"""Writes docs/rights.md from the templates; apart from the other pages, because making templates takes seconds.

python tools/document_rights.py
"""

from __future__ import annotations

import sys
from pathlib import Path

from documenting import rights_page

PAGE = Path(__file__).parent.parent / "docs" / "rights.md"


def main() -> int:
    """Write the page."""
    PAGE.write_text(rights_page.text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
