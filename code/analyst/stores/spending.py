"""What each role's queries have cost, by month, in Postgres."""

from __future__ import annotations

from datetime import date

from analyst.stores.state import State


class Spending:
    """`ports.SpendingStore` on the product's own Postgres."""

    def __init__(self, state: State) -> None:
        self._state = state

    def spent(self, role: str, *, month: date) -> float:
        """US dollars that a role's queries have cost in a month, all sources together."""
        row = self._state.row(
            "SELECT coalesce(sum(usd), 0) AS usd FROM spending WHERE role = %s AND month = %s", (role, month)
        )
        return float(row["usd"]) if row else 0.0

    def add(self, role: str, *, month: date, source: str, usd: float) -> None:
        """Add what a query has cost; safe when several processes do so at once."""
        self._state.rows(
            "INSERT INTO spending (month, role, source, usd) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (role, month, source) DO UPDATE SET usd = spending.usd + excluded.usd",
            (month, role, source, usd),
        )
