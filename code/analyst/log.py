"""Logs as one JSON object a line, without questions, rows, secrets or personal data."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from itertools import pairwise

from analyst import tracing

logger = logging.getLogger(__name__)

LONGEST_MESSAGE = 8000
_SECRET, _PERSONAL = "[secret]", "[personal]"


def redacted(text: str) -> str:
    """The text with secrets and personal data taken out, cut to `LONGEST_MESSAGE` characters.

    Secrets: what stands before the @ of a URL, values of fields named like a password, key or token, keys by
    their makers' forms, and long random text. Personal: e-mail, telephone, card, account and social security
    numbers. Rather one too much than one too few.
    """
    text = text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + "…"
    for pattern, put in _PATTERNS:
        text = pattern.sub(put, text)
    return text


def _card(found: re.Match[str]) -> str:
    digits = [int(c) for c in reversed(found[0]) if c.isdigit()]
    doubled = (sum(divmod(2 * d, 10)) if i % 2 else d for i, d in enumerate(digits))
    return _PERSONAL if sum(doubled) % 10 == 0 else found[0]


def _random(found: re.Match[str]) -> str:
    """Words in a row change their kind of letter seldom, keys at every second sign; AWS has keys of 40 signs."""
    text = found[0]
    if not all(any(map(kind, text)) for kind in (str.isupper, str.islower, str.isdigit)):
        return text
    kinds = [c.isdigit() + 2 * c.isupper() + 4 * (not c.isalnum()) for c in text]
    changes = sum(a != b for a, b in pairwise(kinds))
    of_aws = len(text) == 40 and not set("-_=") & set(text)
    return _SECRET if changes > len(kinds) * (0.2 if of_aws else 0.4) else text


_PATTERNS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL), _SECRET),
    (re.compile(r"\b([a-z][a-z0-9+.-]{1,30}://)[^\s\"'<>]*@", re.IGNORECASE), rf"\1{_SECRET}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {_SECRET}"),
    (
        re.compile(
            r"((?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key"
            r"|credentials?|signature|authorization|cookie|ticket|pgpass\w*)(?:[_-]\w{1,20})?[\"']?\s{0,3}[=:]\s{0,3})"
            r"(?!\[secret\])(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|(?:(?:Bearer|Basic)\s+)?[^\s,;&\"')}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{_SECRET}",
    ),
    (re.compile(r"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA)[A-Z0-9]{12,}\b"), _SECRET),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?"), _SECRET),
    (
        re.compile(
            r"\b(?:sk|pk|rk|ghp|gho|ghs|ghu|github_pat|glpat|hf|dab|xox[abeprs])[-_][\w-]{10,}|\bAIza[\w-]{20,}"
            r"|\bk8s-aws-v1\.[\w-]{10,}"
        ),
        _SECRET,
    ),
    (re.compile(r"(?<![\w/+=.-])[\w/+=-]{32,}(?![\w/+=-])"), _random),
    (re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), _PERSONAL),
    (re.compile(r"(?<![\w.-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])"), _card),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b"), _PERSONAL),
    (re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])"), _PERSONAL),
    (re.compile(r"(?<![\w.])(?:\+|00)[1-9](?:[ ()./-]{0,2}\d){7,14}(?!\w)"), _PERSONAL),
    (re.compile(r"(?<![\w.-])(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\w-])"), _PERSONAL),
    (re.compile(r"(?<![\w.:-])\(?0[1-9]\d{1,3}\)?[ /-]\d{3,4}(?:[ -]?\d){2,6}(?![\w:-])"), _PERSONAL),
)
"""What is looked for, and what stands in its place; the order counts, since a URL's password may hold an @."""


class Redaction(logging.Filter):
    """Takes secrets and personal data out of a record before any formatter sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, redacted."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # Otherwise logging itself prints the arguments as they are.
            message = str(record.msg)
        record.msg, record.args = redacted(message), ()
        return True


class JsonLines(logging.Formatter):
    """Time, level, logger and message; an exception's type and place, but never its text."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        entry = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := tracing.request_id():
            entry["request_id"] = redacted(request_id)
        if record.exc_info and record.exc_info[0]:
            entry["exception"] = record.exc_info[0].__name__
        return json.dumps(entry)


def start(level: str) -> None:
    """Log to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Redaction())
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("botocore", "boto3", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Its warnings repeat the SQL, and with it the values that somebody asked for.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    threading.excepthook = _thread_broke


def _thread_broke(broke: threading.ExceptHookArgs) -> None:
    """What ends a thread is told by its kind and place alone: an error's own text may hold data."""
    if broke.exc_type is not SystemExit:
        frames = "".join(traceback.format_tb(broke.exc_traceback))
        logger.error("a thread ended: %s\n%s", broke.exc_type.__name__, frames)
