"""Log events as lines for people: merged by time, JSON made readable, nothing shown twice.

`since 30m` prints the moment in milliseconds. `show FOLDER` prints what the files COMPONENT.events in the folder
hold ([[id, milliseconds, message], …]); ids that were shown are kept in the folder's file `shown`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, order=True)
class Event:
    """One event; they sort by time."""

    milliseconds: int
    component: str
    id: str
    message: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one of the two commands; 2 with one sentence for a moment that cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("since").add_argument("moment")
    show_parser = commands.add_parser("show")
    show_parser.add_argument("folder", type=Path)
    show_parser.add_argument("--last", type=int)
    wanted = parser.parse_args(arguments)
    if wanted.command == "show":
        return show(wanted.folder, wanted.last)
    return tell_since(wanted.moment)


def tell_since(moment: str) -> int:
    """Print the moment, or what is wrong with it."""
    try:
        sys.stdout.write(f"{milliseconds(moment, datetime.now(UTC))}\n")
    except ValueError:
        sys.stderr.write(f'-s needs a time such as 30m, 1h, 2d or 2030-01-31T12:00, not "{moment}".\n')
        return 2
    return 0


def milliseconds(moment: str, now: datetime) -> int:
    """ "30m" before now, or an ISO time (local where it names no zone), as milliseconds since 1970."""
    found = re.fullmatch(r"(\d{1,6})([smhdw])", moment)
    if found:
        then = now - timedelta(**{UNITS[found[2]]: int(found[1])})
    else:
        then = datetime.fromisoformat(moment).astimezone(UTC)
    return max(0, int(then.timestamp() * 1000))


def show(folder: Path, last: int | None) -> int:
    """Print what is new."""
    files = sorted(folder.glob("*.events"))
    known = folder / "shown"
    shown = set(known.read_text(encoding="utf-8").split("\n")) if known.exists() else set()
    fresh = sorted(event for event in events(files) if event.id not in shown)
    if last is not None:
        fresh = fresh[-last:] if last else []
    for event in fresh:
        sys.stdout.write(line(event, named=len(files) > 1) + "\n")
    sys.stdout.flush()
    known.write_text("\n".join(sorted(event.id for event in events(files))), encoding="utf-8")
    return 0


def events(files: Iterable[Path]) -> list[Event]:
    """The events of every file."""
    found = []
    for file in files:
        text = file.read_text(encoding="utf-8").strip()
        for identity, moment, message in json.loads(text or "[]") or []:
            found.append(Event(int(moment), file.stem, str(identity), str(message)))
    return found


def line(event: Event, *, named: bool) -> str:
    """An event as it is shown: time, the component's name where several are, and what it says."""
    moment = datetime.fromtimestamp(event.milliseconds / 1000).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    name = f"{event.component:<13}" if named else ""
    return f"{moment} {name}{readable(event.message)}"


def readable(message: str) -> str:
    """Our own JSON as "LEVEL logger: message [request]"; anything else as it is."""
    text = message.rstrip("\n")
    try:
        record = json.loads(text)
    except ValueError:
        return printable(text)
    if not isinstance(record, dict) or "message" not in record:
        return printable(text)
    request = record.get("request_id")
    told = f"{record.get('level', ''):<7} {record.get('logger', '')}: {record['message']}"
    more = {k: v for k, v in record.items() if k not in ("time", "level", "logger", "message", "request_id")}
    told += f" {json.dumps(more, ensure_ascii=False)}" if more else ""
    return printable(told + (f" [{request}]" if request else ""))


def printable(text: str) -> str:
    """Without what could steer a terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


if __name__ == "__main__":
    sys.exit(main())
