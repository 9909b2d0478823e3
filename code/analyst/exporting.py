"""A stored result as a file to take away."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from analyst.errors import TooLarge
from analyst.ports import ObjectStore, ResultStore
from analyst.stores.object_names import MEDIA_TYPES

FORMATS = {
    "csv": ("analyst.exports.to_csv", MEDIA_TYPES["csv"]),
    "xlsx": ("analyst.exports.to_xlsx", MEDIA_TYPES["xlsx"]),
    "json": ("analyst.exports.to_json", MEDIA_TYPES["json"]),
}
"""Format -> the module that writes it, and its media type."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """A finished file."""

    name: str
    media_type: str
    size: int
    objects: ObjectStore

    def read(self) -> bytes:
        """The whole file."""
        with self.objects.read(self.name) as file:
            return file.read()


def export(result_id: str, *, format: str, results: ResultStore, objects: ObjectStore) -> Export:
    """Write a stored result in one of FORMATS, once; raises TooLarge, NotFound or StoreError."""
    module, media_type = FORMATS[format]
    name = f"{result_id}.{format}"
    if not objects.exists(name):
        writer = importlib.import_module(module)
        if writer.MOST_ROWS and results.head(result_id, rows=0).row_count > writer.MOST_ROWS:
            raise TooLarge(
                f"A file of this format ends at {writer.MOST_ROWS:,} rows; take CSV for all of them."
            )
        columns, batches = results.stream(result_id)
        with objects.put(name) as out:
            writer.write(columns, batches, out)
    return Export(name=name, media_type=media_type, size=objects.size(name), objects=objects)
