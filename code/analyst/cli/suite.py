"""A suite of questions as a file of JSON lines: what is asked, and apart from it what is known to be right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from analyst.errors import WrongUsage
from analyst.source import Source, source_of
from analyst.understanding import clean

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One line of a suite, without its gold."""

    id: str | int
    question: str
    context: str = ""
    database: str = ""
    line: int = 0
    """Its place in the file, from 1."""


@dataclass(frozen=True, kw_only=True)
class Gold:
    """What is known to be right for one line of a suite; no text means that there is no answer."""

    case: Case
    text: str
    category: str


class BrokenLine(ValueError):
    """A line that holds no question; `str(error)` says why."""


def read_suite(path: Path) -> tuple[list[Case], list[str]]:
    """The cases of a suite, and what is wrong with its broken lines; raises WrongUsage."""
    cases: dict[str | int, Case] = {}
    problems: list[str] = []
    for number, line in _lines(path):
        try:
            case = _case(_document(line), number)
            if case.id in cases:
                raise BrokenLine(f"the id {json.dumps(case.id)} was used before")
            cases[case.id] = case
        except BrokenLine as error:
            problems.append(f"line {number}: {error}")
    if not cases and not problems:
        problems.append(f"{path} holds no question")
    return list(cases.values()), problems


def read_golds(path: Path) -> tuple[list[Gold], list[str]]:
    """What is known to be right, of the lines that say so, and what is wrong with it; raises WrongUsage."""
    cases = {case.line: case for case in read_suite(path)[0]}
    golds: list[Gold] = []
    problems: list[str] = []
    for number, line in _lines(path):
        data = json.loads(line) if number in cases else {}
        if "gold" not in data:
            continue
        text = data["gold"] or ""
        if isinstance(text, str):
            category = str(data.get("category") or "")
            golds.append(Gold(case=cases[number], text=text.strip(), category=category))
        else:
            problems.append(f"line {number}: its gold is no text")
    return golds, problems


def at_database(source: Source, database: str) -> Source:
    """The same server's other database, or the source itself for none."""
    if not database:
        return source
    parts = urlsplit(source.url)
    there = source_of(urlunsplit(parts._replace(path="/" + quote(database, safe=""))))
    return replace(there, engine=source.engine, secret=source.secret)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines that are not empty, numbered from 1; only a line feed ends one, as texts may hold the others."""
    try:
        data = path.read_bytes()
        if data.startswith(_UTF_16):  # as some shells write what is sent to a file
            data = data.decode("utf-16").encode()
    except (OSError, UnicodeError):
        raise WrongUsage(f"{path} cannot be read.") from None
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            yield number, line


def _document(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line)
        if isinstance(data, dict):
            return data
    except (ValueError, RecursionError):
        pass
    raise BrokenLine('not {"id": …, "question": …}')


def _case(data: dict[str, Any], number: int) -> Case:
    id = data.get("id")
    if isinstance(id, bool) or not isinstance(id, (str, int)):
        raise BrokenLine("it has no id, which is a text or a whole number")
    question = data.get("question")
    if not isinstance(question, str) or not question.strip():
        raise BrokenLine("it has no question")
    texts = {name: data.get(name) or "" for name in ("context", "database")}
    wrong = [name for name, text in texts.items() if not isinstance(text, str)]
    if wrong:
        raise BrokenLine(f"its {wrong[0]} is no text")
    if not all(_can_be_sent(text) for text in (str(id), question, *texts.values())):
        raise BrokenLine("it holds a character that no text may hold")
    try:
        clean(question)
    except WrongUsage as error:
        raise BrokenLine(str(error).rstrip(".")) from None
    return Case(id=id, question=question, line=number, **texts)


def _can_be_sent(text: str) -> bool:
    """False for half a surrogate pair, which JSON can write and nothing can send, and for the null character."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
