"""A fixed part of a suite that stands for the whole: every n-th question, in the order of databases and categories."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from analyst.cli.suite import Gold, read_golds, read_suite


def sampled(suite: Path, *, count: int, folder: Path) -> Path:
    """A suite of `count` of this one's questions that carry gold, written to the folder; itself where it has no more.

    The same suite and count give the same questions. Broken lines come along and all stay on their lines, so that
    what is wrong is named by the number it has in the suite. Raises WrongUsage or OSError.
    """
    golds, _ = read_golds(suite)
    if count >= len(golds):
        return suite
    taken = {gold.case.line for gold in every_nth(golds, count)}
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{suite.stem}-{count}-of-{len(golds)}{suite.suffix}"
    left_out = {case.line for case in read_suite(suite)[0]} - taken
    _write(file, suite, left_out)
    # A line that repeats an id is broken only as long as the first one is there.
    _write(file, suite, left_out | {case.line for case in read_suite(file)[0]} - taken)
    return file


def _write(file: Path, suite: Path, left_out: Collection[int]) -> None:
    lines = suite.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    file.write_bytes(b"\n".join(b"" if n in left_out else line for n, line in enumerate(lines, 1)))


def every_nth(golds: Sequence[Gold], count: int) -> list[Gold]:
    """`count` questions, evenly spaced once those of the same database and category stand together."""
    groups: dict[tuple[str, str], list[Gold]] = {}
    for gold in golds:
        groups.setdefault((gold.case.database, gold.category), []).append(gold)
    databases = list(dict.fromkeys(database for database, _ in groups))
    ordered = [g for name in databases for key, group in groups.items() if key[0] == name for g in group]
    return [ordered[(2 * place + 1) * len(ordered) // (2 * count)] for place in range(count)]
