"""Reads the case files: a question with SQL before and after it was heeded."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

from analyst.catalog import Catalog

sys.path.insert(0, str(Path(__file__).parents[1] / "repairing"))
import repair_cases

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A question, a draft, what becomes of it, and what is said about it."""

    catalog: str
    dialect: str
    before: str
    after: str
    said: dict[str, str]
    """The question, and what stood "beside" it or came "earlier"."""
    notes: tuple[str, ...] = field(default=())


def cases(name: str) -> list[Case]:
    """Every block: `-- catalog [dialect]`, `-- question: …`, SQL, `-- becomes`, SQL, and `-- note: …` lines."""
    blocks = re.split(r"\n\s*\n", (HERE / name).read_text(encoding="utf-8").strip())
    return [_case(block) for block in blocks if not block.startswith("#")]


def _case(block: str) -> Case:
    head, *lines = block.split("\n")
    catalog, _, dialect = head.removeprefix("-- ").partition(" ")
    said = dict(m.groups() for line in lines if (m := re.match(r"-- (question|beside|earlier): (.*)", line)))
    notes = tuple(line.removeprefix("-- note: ") for line in lines if line.startswith("-- note: "))
    sql = [line for line in lines if not re.match(r"-- (question|beside|earlier|note): ", line)]
    before, _, after = "\n".join(sql).partition("\n-- becomes\n")
    return Case(catalog, dialect or "postgres", before, after or before, said, notes)


def catalogs(dialect: str = "postgres") -> dict[str, Catalog]:
    """The databases of catalogs.txt, by name."""
    return repair_cases.catalogs(dialect, folder=HERE)


def create(catalog: Catalog) -> str:
    """The statements that make a database of a catalog, empty."""
    return repair_cases.create(catalog)
