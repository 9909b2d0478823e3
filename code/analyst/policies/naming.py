"""Tables and columns as the file names them: `schema.table`, `schema.table.column`, quotes where a part has a dot."""

from __future__ import annotations

import re

_PART = r'(?:"(?:[^"]|"")+"|[^".]+)'
_NAME = re.compile(rf"{_PART}(?:\.{_PART})*")


def parts(name: str) -> tuple[str, ...]:
    """The parts of a name, without quotes; empty for what is no name."""
    text = name.strip()
    if not _NAME.fullmatch(text):
        return ()
    found = re.findall(_PART, text)
    return tuple(p[1:-1].replace('""', '"') if p.startswith('"') else p.strip() for p in found)
