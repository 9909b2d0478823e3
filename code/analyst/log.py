"""Logs as one JSON object a line, without questions, rows or secrets."""

from __future__ import annotations

import json
import logging
import sys
import time

from analyst import tracing


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
            entry["request_id"] = request_id
        if record.exc_info and record.exc_info[0]:
            entry["exception"] = record.exc_info[0].__name__
        return json.dumps(entry)


def start(level: str) -> None:
    """Log to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("botocore", "boto3", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Its warnings repeat the SQL, and with it the values that somebody asked for.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
