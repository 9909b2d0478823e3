"""Names of export files, and what kind of file each is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from analyst.errors import NotFound

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "json": "application/json",
        "parquet": "application/vnd.apache.parquet",
    }
)
"""Ending of a name -> its media type."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(\.[A-Za-z0-9]{1,10}){1,2}")


def checked_name(name: str) -> str:
    """The same name ("<id>.csv"); raises NotFound for one that is no plain file name."""
    if not _NAME.fullmatch(name):
        raise NotFound("There is no file of that name.")
    return name


def media_type(name: str) -> str:
    """What kind of file a name stands for."""
    return MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
