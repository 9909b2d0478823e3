"""Whether a result is empty."""

from __future__ import annotations

from analyst.result import Cell, Kind, ResultColumn, ResultSet


def is_empty(result: ResultSet) -> bool:
    """True for no rows, for nothing but nulls, and for one row that counts nothing: a lone 0, or 0 beside nulls."""
    if result.row_count == 0:
        return True
    if not result.complete or not result.columns:
        return False
    if all(cell is None for row in result.rows for cell in row):
        return True
    if len(result.rows) != 1:
        return False
    row = result.rows[0]
    lone = len(row) == 1 or any(cell is None for cell in row)
    pairs = zip(row, result.columns, strict=True)
    return lone and all(cell is None or _is_nought(cell, column) for cell, column in pairs)


def _is_nought(cell: Cell, column: ResultColumn) -> bool:
    return column.kind is Kind.INTEGER and not isinstance(cell, bool) and cell == 0
