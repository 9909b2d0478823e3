"""One entry of the audit: who tried to run what, and what came of it; never rows."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from analyst.errors import AnalystError, Cancelled, CannotAnswer, Forbidden, Refused

LONGEST_VALUE = 200
"""Characters that are kept of a literal in SQL, of a comment there, and of every name."""
LONGEST_TEXT = 20_000
"""Characters that are kept of a question or a statement."""
START = "0" * 64
"""What the first entry of all has in place of the hash of the one before."""

RAN = "ran"
DECLINED = "declined"
CANCELLED = "cancelled"
LOST = "failed:worker_lost"
_VERDICT = re.compile(rf"{RAN}|{DECLINED}|{CANCELLED}|(refused|failed):.+", re.DOTALL)


class Kind(StrEnum):
    """What was tried."""

    QUESTION = "question"
    GIVEN_SQL = "given sql"
    EXAMPLE = "example"
    EXPORT = "export"
    APPROVAL = "approval"
    REVOCATION = "revocation"
    FEEDBACK = "feedback"
    ADMIN = "admin"


def verdict_of(error: BaseException | None) -> str:
    """ "ran", "refused:RULE", "failed:CODE", "cancelled" or "declined"."""
    if error is None:
        return RAN
    if isinstance(error, Cancelled):
        return CANCELLED
    if isinstance(error, CannotAnswer):
        return DECLINED
    if isinstance(error, Refused):
        return f"refused:{error.rule or 'guard'}"
    if isinstance(error, Forbidden):
        return f"refused:{error.code}"
    if isinstance(error, AnalystError):
        return f"failed:{error.code}"
    return f"failed:{AnalystError.code if isinstance(error, Exception) else 'interrupted'}"


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """One attempt to run something; raises ValueError for a verdict of another form."""

    kind: Kind
    verdict: str
    at: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """An entry that is written twice is kept once."""
    request_id: str = ""
    question_id: str = ""
    person: str = ""
    role: str = ""
    policy_version: str = ""
    source: str = ""
    question: str = ""
    draft: str = ""
    """The SQL that was put to the guard."""
    query: str = ""
    """The SQL that the guard let through and the database got."""
    ms: int = 0
    rows: int | None = None
    """How many there were; None where nothing ran."""
    example_id: int | None = None
    """The example that was reused, approved or revoked."""
    model: str = ""
    """The model that wrote the draft; empty where none did."""
    detail: str = ""
    """A few words: an export's format, what an administrator did."""

    def __post_init__(self) -> None:
        if not _VERDICT.fullmatch(self.verdict):
            raise ValueError(f"no verdict of the audit: {self.verdict[:40]!r}")

    def text(self) -> str:
        """The canonical JSON that is kept and hashed: long literals cut, the instant in UTC."""
        given = asdict(self) | {
            "kind": self.kind.value,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
        }
        as_sql = {"draft", "query"} | ({"question"} if self.kind is Kind.GIVEN_SQL else set())
        return canonical({name: _kept(name, value, as_sql) for name, value in given.items()})


def canonical(value: Mapping[str, object]) -> str:
    """JSON in the one form that is hashed (RFC 8785, for text and whole numbers)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def chained(text: str, *, number: int, previous: str) -> str:
    """The hash of an entry, in hexadecimal digits; `text` is its canonical JSON."""
    whole = f'{{"entry":{text},"number":{number},"previous":"{previous}"}}'
    return hashlib.sha256(whole.encode()).hexdigest()


# A literal or comment that does not end goes to the end of the text, so that no text is read twice.
_LONG = re.compile(
    r"--[^\n]*"
    r"|/\*.*?(?:\*/|\Z)"
    r"|\$(?P<tag>[A-Za-z_]\w*|)\$.*?(?:\$(?P=tag)\$|\Z)"
    r"|\b[eE]'(?:[^'\\]|\\.|'')*+(?:'|\Z)?"
    r"|'(?:[^']|'')*+'?"
    r'|"(?:[^"]|"")*+"?',
    re.DOTALL,
)


def shortened(sql: str) -> str:
    """SQL with every literal, comment and quoted name cut to `LONGEST_VALUE` characters; any text will do."""
    return _LONG.sub(lambda found: _cut(found[0], LONGEST_VALUE), sql)


def _kept(name: str, value: object, as_sql: set[str]) -> object:
    if not isinstance(value, str):
        return value
    # What Postgres cannot keep must not keep an entry from being written.
    text = value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if name in as_sql:
        text = shortened(text)
    return _cut(text, LONGEST_TEXT if name in ("question", "draft", "query") else LONGEST_VALUE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…[{len(text) - most} more characters]"
