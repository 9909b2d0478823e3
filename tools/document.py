"""Writes the pages of docs/ that are made from the code, or says which are out of date.

python tools/document.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from documenting import costs_page, options_page, settings_page

DOCS = Path(__file__).parent.parent / "docs"
PAGES: Mapping[str, Callable[[str], str]] = {
    "settings.md": lambda page: settings_page.text(),
    "options.md": lambda page: options_page.text(),
    "costs.md": costs_page.text,
}
"""Page -> what it must be, given what it is: some of its words may be people's own."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or check them; 1 with one sentence when they are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    check = parser.parse_args(arguments).check
    stale = [name for name in PAGES if not _is_current(name)]
    if not check:
        for name in stale:
            (DOCS / name).write_text(PAGES[name](_now(name)), encoding="utf-8")
        return 0
    if stale:
        sys.stderr.write(f"Out of date: {', '.join(f'docs/{name}' for name in stale)}. Run: make docs\n")
    return 1 if stale else 0


def _is_current(name: str) -> bool:
    now = _now(name)
    return now == PAGES[name](now)


def _now(name: str) -> str:
    file = DOCS / name
    return file.read_text(encoding="utf-8") if file.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
