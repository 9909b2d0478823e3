"""A stand-in for the API: scripted documents over real HTTP, arriving as slowly as real ones.

Run it by hand to look at the page: `python tests/page/stand_in_api.py 8081 KEYFILE`.

Without more, everybody is anna, as on one machine. With `entrance` "aws" or "oidc" a token is needed, and each of
`tickets` gives one, or what a load balancer would say: "signed-NAME".
"""

from __future__ import annotations

import copy
import itertools
import json
import secrets
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

KEY = "stand-in-key"
CARRIERS = [
    ("United Air Lines Inc.", 58665), ("JetBlue Airways", 54635), ("ExpressJet Airlines Inc.", 54173),
    ("Delta Air Lines Inc.", 48110), ("American Airlines Inc.", 32729), ("Envoy Air", 26397),
    ("US Airways Inc.", 20536), ("Endeavor Air Inc.", 18460), ("Southwest Airlines Co.", 12275),
    ("Virgin America", 5162), ("AirTran Airways Corporation", 3260), ("Alaska Airlines Inc.", 714),
    ("Frontier Airlines Inc.", 685), ("Mesa Airlines Inc.", 601), ("Hawaiian Airlines Inc.", 342),
    ("SkyWest Airlines Inc.", 32),
]  # fmt: skip
QUESTIONS = [
    "How many flights did each airline have?",
    "How did the average departure delay change over the months?",
    "Which ten destinations were flown to most often?",
    "What share of flights from each airport left on time?",
    "Which planes flew the longest distance in total, and who made them?",
    "How does wind speed go with departure delay at JFK?",
    "Which airline has the oldest planes on average?",
]
STEPS = [
    ("recall", "Looking for approved answers", 14.2, "none fits"),
    ("link", "Choosing tables", 8.6, "flights, airlines"),
    ("draft", "Writing SQL", 2310.0, "first attempt"),
    ("guard", "Checking that the SQL only reads", 3.4, "passed"),
    ("explain", "Having the database plan it", 5.1, ""),
    ("run", "Running it", 88.0, "16 rows"),
    ("words", "Putting it into words", 1240.0, "numbers checked"),
]
A_DRAFT = [
    ("draft", "Writing SQL", 900.0, "41 tokens"),
    ("guard", "Checking that the SQL is safe", 3.4, "reads public.flights"),
    ("explain", "Having the database plan it", 5.1, ""),
    ("run", "Running the query", 88.0, "16 rows"),
]
THOROUGH_STEPS = [
    *STEPS[:2], *A_DRAFT, ("draft", "Writing SQL", 900.0, "38 tokens"),
    ("guard", "Checking that the SQL is safe", 1.2, ""), *A_DRAFT, *A_DRAFT,
    ("vote", "Comparing the results of the drafts", 0.2, "3 of 4 drafts agree"), STEPS[-1],
]  # fmt: skip
HOSTILE = (
    "<img src=x onerror=alert(1)> ![x](http://evil.example/p.png) [a](http://evil.example) $x^2$ :red[hot] "
    ":material/home: :smile: http://evil.example www.evil.example a@evil.example `code` **bold** -> "
    "<script>1</script>"
)


@dataclass(kw_only=True)
class Script:
    """How one question ends, and what it shows on the way."""

    status: str = "answered"
    words: str = ""
    table: dict[str, Any] | None = None
    chart: dict[str, Any] | None = None
    suggestions: list[str] = field(default_factory=list)
    error: dict[str, str] | None = None
    seconds: float = 1.6
    sql: str = "SELECT 1"
    cached: str | None = None
    warnings: list[str] = field(default_factory=list)
    confidence: float = 0.75
    reused_seconds: int | None = None
    cost: str = ""
    cost_usd: float | None = None


@dataclass(kw_only=True)
class Asked:
    """One question as the stand-in keeps it."""

    query_id: str
    session_id: str
    person: str
    question: str
    mode: str
    source: str
    at: datetime
    script: Script
    started: float
    cancelled: bool = False
    feedback: dict[str, str] | None = None


def table(columns: list[tuple[str, str]], rows: list[list[Any]], **more: Any) -> dict[str, Any]:
    """A table as a document carries it."""
    named = [{"name": name, "kind": kind} for name, kind in columns]
    return {"columns": named, "rows": rows, "row_count": len(rows), "truncated": False} | more


def chart(kind: str, *alternatives: str, title: str = "") -> dict[str, Any]:
    """A chart of the second column along the first."""
    return {
        "type": kind,
        "x": 0,
        "y": [1],
        "series": None,
        "title": title,
        "alternatives": [kind, *alternatives],
    }


def airlines() -> Script:
    """Sixteen bars."""
    sql = (
        "SELECT\n  a.name AS airline,\n  COUNT(*) AS flights\nFROM flights AS f\n"
        "JOIN airlines AS a\n  ON a.carrier = f.carrier\nWHERE\n  f.year = 2013\nGROUP BY\n  a.name\n"
        "ORDER BY\n  flights DESC"
    )
    return Script(
        words="United Air Lines had the most flights in 2013, 58,665, followed by JetBlue Airways "
        "with 54,635 and ExpressJet Airlines with 54,173. SkyWest had the fewest, 32.",
        table=table([("airline", "text"), ("flights", "integer")], [list(c) for c in CARRIERS]),
        chart=chart("bar", "pie", title="Flights by airline"),
        suggestions=["Which of them had the longest delays?", "How did this change over the months?"],
        sql=sql,
    )


def months() -> Script:
    """Twelve points of a line, answered from an approved question."""
    delays = [
        "10.04",
        "10.82",
        "13.23",
        "13.94",
        "12.99",
        "20.85",
        "21.73",
        "12.61",
        "6.72",
        "6.24",
        "5.44",
        "16.58",
    ]
    rows = [[f"2013-{m:02d}-01", d] for m, d in enumerate(delays, start=1)]
    return Script(
        words="The average departure delay was highest in July, 21.73 minutes, "
        "and lowest in November, 5.44 minutes.",
        table=table([("month", "date"), ("average_delay", "decimal")], rows),
        chart=chart("line", "bar", "area", title="Average departure delay by month"),
        cached="same",
        seconds=0.1,
        sql="SELECT DATE_TRUNC('month', time_hour) AS month, ROUND(AVG(dep_delay), 2) AS average_delay\n"
        "FROM flights\nGROUP BY 1\nORDER BY 1",
    )


def every_kind(rows: int = 1000) -> Script:
    """A wide table with every kind of cell, two columns of the same name, and more rows than are shown."""
    columns = [
        ("id", "integer"), ("amount", "decimal"), ("amount", "decimal"), ("share", "number"),
        ("name", "text"), ("late", "boolean"), ("day", "date"), ("dep_time", "time"),
        ("booked", "timestamp"),
        ("time_hour", "instant"), ("lasted", "interval"), ("tags", "json"), ("raw", "bytes"),
        ("big", "decimal"), ("founded", "date"),
        *[(f"measure_{i}_of_something_long", "number") for i in range(20)],
    ]  # fmt: skip
    cells = [
        [
            i, f"{i * 7 % 1000}.50", None, "NaN" if i == 3 else i / 7, f"<b>row {i}</b> =1+1", i % 2 == 0,
            f"2013-{i % 12 + 1:02d}-15", "17:45:00", f"2013-01-{i % 28 + 1:02d}T17:45:00",
            f"2013-01-{i % 28 + 1:02d}T22:45:00+00:00", "1 day 02:00:00", {"a": [i, None]}, "\\x00ff",
            "12345678901234567890.12", "0044-03-15 BC" if i == 5 else "1815-06-18",
            *[i * k / 3 for k in range(20)],
        ]
        for i in range(rows)
    ]  # fmt: skip
    return Script(
        words="There are 336,776 flights. The first of them are shown below.",
        table={**table(columns, cells), "row_count": 336_776, "truncated": True},
        warnings=["The source's role could change data. It was used in a read-only transaction."],
        sql="SELECT * FROM flights",
    )


def script_for(question: str) -> Script:
    """What happens to a question, by the words in it."""
    text = question.lower()
    found: dict[str, Script] = {
        "month": months(),
        "every kind": every_kind(),
        "hostile": Script(
            words=HOSTILE, suggestions=[HOSTILE], table=table([(HOSTILE, "text")], [[HOSTILE]])
        ),
        "again": Script(**{**vars(airlines()), "reused_seconds": 750}),
        "doubtful": Script(**{**vars(airlines()), "confidence": 0.413}),
        "clarify": Script(
            status="clarify",
            words="Do you mean the departure delay or the arrival delay?",
            suggestions=["Average departure delay", "Average arrival delay"],
        ),
        "weather forecast": Script(
            status="unanswerable",
            words="The data holds measured weather of 2013 and no forecasts.",
            suggestions=["What was the coldest day of 2013?"],
        ),
        "delete": Script(
            status="refused",
            error={"code": "refused", "message": "Only questions that read data are answered."},
        ),
        "fail": Script(
            status="failed", error={"code": "query_timeout", "message": "The query took longer than 60 s."}
        ),
        "nothing": Script(words="No flight matches.", table=table([("flight", "integer")], [])),
        "how many in all": Script(
            words="There are 336,776.", table=table([("flights", "integer")], [[336_776]])
        ),
        "expired": Script(
            words="It was 16.", table=table([("n", "integer")], [], row_count=16), chart=chart("bar")
        ),
        "hello": Script(words="Ask me about flights.", suggestions=[QUESTIONS[0]]),
        "slow": Script(**{**vars(airlines()), "seconds": 20.0}),
    }
    return next((script for word, script in found.items() if word in text), airlines())


def explanation(question: str, source: str) -> dict[str, Any]:
    """What the answer cache makes of a question, by the words in it."""
    sql = "SELECT count(*)\nFROM flights\nWHERE month = {}"
    near = [
        _near(12, "How many flights were there in March?", "bound", "Only values differ.", sql.format(4),
              [{"old": "March", "new": "April", "column": "flights.month"}]),
        _near(15, "How many flights were late in April?", "miss", "It asks for late flights alone.",
              "SELECT 1", []),
    ]  # fmt: skip
    if "hostile" in question:
        near = [
            _near(3, HOSTILE, "miss", HOSTILE, HOSTILE, [{"old": HOSTILE, "new": "a", "column": HOSTILE}])
        ]
    if "same" in question:
        near[0] |= {"verdict": "same", "reason": "It means the same.", "swaps": [], "sql": sql.format(3)}
    near = [] if "weather" in question else near
    found = next((n for n in near if n["verdict"] != "miss"), None)
    return {
        "question": question, "source": source, "candidates": near,
        "verdict": found["verdict"] if found else "miss", "example_id": found["example_id"] if found else None,
        "reason": found["reason"] if found else "There is no approved question near to this one.",
    }  # fmt: skip


def _near(
    number: int, question: str, verdict: str, reason: str, sql: str, swaps: list[dict[str, str]]
) -> dict[str, Any]:
    return {
        "example_id": number, "question": question, "similarity": 0.934, "verdict": verdict, "reason": reason,
        "swaps": swaps, "sql": sql, "approved_by": "ben", "approved_at": "2026-11-02T09:00:00+00:00",
    }  # fmt: skip


class StandIn:
    """The state behind the stand-in's HTTP: what was asked by whom, and how the installation is."""

    def __init__(self, *, key: str = KEY, speed: float = 1.0, entrance: str = "os") -> None:
        self.key = key
        self.entrance = entrance
        self.tickets: dict[str, str] = {}
        """Who each ticket stands for; one that was used is gone."""
        self.tokens: dict[str, str] = {}
        """Who each token stands for."""
        self.roles = {"anna": "sales", "ben": "viewer"}
        """The people who have a role, and its name."""
        self.approving = {"anna"}
        self.token_hours = 12.0
        self.speed = speed
        """How much faster than scripted everything goes."""
        self.model: dict[str, Any] = {"state": "ready", "done": 1117, "total": 1117, "message": ""}
        self.sources = [
            {"name": "flights", "title": "New York flights 2013", "engine": "Postgres", "tables": 5,
             "questions": list(QUESTIONS)},
        ]  # fmt: skip
        self.asked: dict[str, Asked] = {}
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        """Method, path and headers of every request, for tests to look at."""
        self.exports: dict[str, int] = {}
        """How often somebody looked at a large file that is being made, by question."""
        self.formats = ["csv", "xlsx", "json"]
        self.failing: dict[str, tuple[int, dict[str, str]]] = {}
        """Paths (by how they begin) that answer with an error."""
        self._ids = itertools.count(1)
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self, port: int = 0) -> Self:
        """Listen on a port of 127.0.0.1, on any free one unless told."""
        handler = type("Handler", (_Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening; what was asked stays known."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def enter(self, body: Mapping[str, Any]) -> dict[str, str] | None:
        """A token for a ticket or for what a load balancer says; None for what proves nothing."""
        said = str(body.get("oidc", ""))
        name = self.tickets.pop(str(body.get("ticket", "")), "")
        name = name or (said.removeprefix("signed-") if said.startswith("signed-") else "")
        if not name:
            return None
        token = secrets.token_urlsafe(32)
        self.tokens[token] = name
        expires_at = datetime.now(UTC) + timedelta(hours=self.token_hours)
        return {
            "token": token,
            "expires_at": expires_at.isoformat(),
            "person": f"{self.entrance}:{name}",
        }

    def who(self, authorization: str) -> str:
        """The name behind a token; on one machine without one anna, elsewhere nobody."""
        if not authorization:
            return "anna" if self.entrance == "os" else ""
        return self.tokens.get(authorization.removeprefix("Bearer "), "")

    def me(self, name: str) -> dict[str, Any]:
        """What is known of somebody."""
        role = self.roles.get(name, "")
        return {
            "person": f"{self.entrance}:{name}", "name": name, "role": role, "entrance": self.entrance,
            "policy": "2026-11" if role else "", "approves": name in self.approving,
            "sources": [source["name"] for source in self.sources],
        }  # fmt: skip

    def ask(self, body: Mapping[str, Any], person: str) -> Asked:
        """Take a question in."""
        number = next(self._ids)
        asked = Asked(
            query_id=f"q{number:08d}", session_id=body.get("session_id") or f"s{number:08d}", person=person,
            question=body["question"], mode=body.get("mode", "fast"), source=body.get("source", "flights"),
            at=datetime.now(UTC), script=script_for(body["question"]), started=time.monotonic(),
        )  # fmt: skip
        self.asked[asked.query_id] = asked
        return asked

    def document(self, asked: Asked, *, rows: int = 1000) -> dict[str, Any]:
        """How far a question is right now."""
        script = asked.script
        share = min(1.0, (time.monotonic() - asked.started) * self.speed / script.seconds)
        status = "cancelled" if asked.cancelled else (script.status if share >= 1 else "running")
        error = script.error if share >= 1 else None
        if asked.cancelled:
            error = {"code": "cancelled", "message": "You cancelled this question."}
        request_id = f"r-{asked.query_id}"
        every = THOROUGH_STEPS if asked.mode == "thorough" else STEPS
        return {
            "query_id": asked.query_id, "session_id": asked.session_id, "request_id": request_id,
            "question": asked.question, "source": asked.source, "mode": asked.mode, "status": status,
            "asked_at": asked.at.isoformat(), "finished_at": None, "steps": _steps(share, every),
            "answer": None if asked.cancelled else _answer(script, share, rows=rows),
            "error": {**error, "request_id": request_id} if error else None, "feedback": asked.feedback,
        }  # fmt: skip

    def sessions(self, person: str) -> list[dict[str, Any]]:
        """A person's sessions, newest first."""
        mine: dict[str, list[Asked]] = {}
        for asked in self.asked.values():
            if asked.person == person:
                mine.setdefault(asked.session_id, []).append(asked)
        found = [
            {"session_id": key, "title": turns[0].question, "questions": len(turns),
             "last_asked_at": turns[-1].at.isoformat()}
            for key, turns in mine.items()
        ]  # fmt: skip
        return sorted(found, key=lambda s: str(s["last_asked_at"]), reverse=True)

    def pretend_history(self, person: str, count: int) -> None:
        """Sessions from earlier days."""
        for day in range(count):
            asked = self.ask({"question": f"{QUESTIONS[day % len(QUESTIONS)]} ({day})"}, person)
            asked.at -= timedelta(days=day + 1)
            asked.started -= 100


def _steps(share: float, every: list[tuple[str, str, float, str]]) -> list[dict[str, Any]]:
    done = int(share * len(every))
    return [
        {
            "name": name,
            "label": label,
            "done": i < done,
            "ms": ms if i < done else 0.0,
            "detail": detail * (i < done),
        }
        for i, (name, label, ms, detail) in enumerate(every[: done + 1])
    ]


def _answer(script: Script, share: float, *, rows: int) -> dict[str, Any] | None:
    if share < 0.8 or (share < 1 and script.table is None) or script.error:
        return None
    ended, shown = share >= 1, copy.deepcopy(script.table)
    if shown is not None:
        shown["rows"] = shown["rows"][:rows]
    receipt = {
        "id": "rc1", "source": "flights", "sql": script.sql,
        "executed_sql": script.sql.replace("\n", " ") + " LIMIT 1",
        "tables": ["public.airlines", "public.flights"], "filters": ["f.year = 2013"],
        "assumptions": ["\"Flights\" counts every scheduled departure, cancelled ones included."],
        "warnings": script.warnings, "example_id": 12 if script.cached else None, "examples_shown": [4, 9],
        "cached": script.cached, "policy": "sales (version 2026-11)", "confidence": script.confidence,
        "attempts": 0 if script.cached else 1,
        "model": "" if script.cached else "qwen2.5-coder-1.5b", "prompt_tokens": 1480,
        "completion_tokens": 62, "reused_seconds": script.reused_seconds,
        "cost": script.cost, "cost_usd": script.cost_usd,
    }  # fmt: skip
    return {
        "words": script.words if ended else "", "words_by": "model" if ended else "", "table": shown,
        "chart": script.chart if ended else None, "suggestions": script.suggestions if ended else [],
        "receipt": receipt if ended and script.table is not None else None,
    }  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    api: StandIn

    def do_GET(self) -> None:
        self._route("GET")

    def do_POST(self) -> None:
        self._route("POST")

    def do_DELETE(self) -> None:
        self._route("DELETE")

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _route(self, method: str) -> None:
        api, name = self.api, self.api.who(self.headers.get("authorization", ""))
        api.seen.append((method, self.path, {k.lower(): v for k, v in self.headers.items()}))
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        path = urlsplit(self.path)
        if path.path.startswith("/signed/"):
            return self._reply(200, b"from,the,store\n")
        if self.headers.get("x-api-key") != api.key:
            return self._error(403, "forbidden", "The key is missing or wrong.")
        for start, (status, error) in api.failing.items():
            if path.path.startswith(start):
                return self._error(status, error["code"], error["message"])
        parts = [p for p in path.path.split("/") if p]
        if parts == ["entry"]:
            return self._entry(body)
        if not name and parts != ["health"]:
            return self._error(401, "unauthorized", "Sign in: your token is missing, or has expired.")
        return self._answer(method, parts, parse_qs(path.query), body, name)

    def _entry(self, body: dict[str, Any]) -> None:
        entry = self.api.enter(body)
        if entry is None:
            return self._error(401, "unauthorized", "This ticket was used already, or has expired.")
        self._json(201, entry)

    def _answer(
        self, method: str, parts: list[str], query: dict[str, list[str]], body: dict[str, Any], person: str
    ) -> None:
        api = self.api
        match method, parts:
            case "GET", ["health"]:
                self._json(200, {"status": "ok"})
            case "GET", ["me"]:
                self._json(200, api.me(person))
            case "GET", ["sources"]:
                self._json(200, {"sources": api.sources})
            case "GET", ["capabilities"]:
                self._json(200, {
                    "model": api.model, "source": api.sources[0] if api.sources else {}, "version": "0",
                    "formats": self.api.formats, "row_limit": 1_000_000, "xlsx_row_limit": 100_000,
                    "modes": ["fast", "thorough"],
                })  # fmt: skip
            case "GET", ["cache"]:
                self._json(200, explanation(query["question"][0], query.get("source", ["flights"])[0]))
            case "GET", ["sessions"]:
                self._json(200, {"sessions": api.sessions(person)})
            case "GET", ["sessions", session_id]:
                turns = [a for a in api.asked.values() if a.session_id == session_id and a.person == person]
                if not turns:
                    return self._error(404, "not_found", "No such session.")
                documents = [api.document(a, rows=20) for a in turns]
                self._json(200, {"session_id": session_id, "queries": documents})
            case "POST", ["query"]:
                if len(body.get("question", "")) > 2000:
                    return self._error(400, "wrong_usage", "A question may have at most 2,000 characters.")
                asked = api.ask(body, person)
                self._json(202, {"query_id": asked.query_id, "session_id": asked.session_id})
            case _, ["query", query_id, *rest] if query_id in api.asked:
                self._one(method, api.asked[query_id], rest, query, body)
            case _:
                self._error(404, "not_found", "No such thing.")

    def _one(
        self, method: str, asked: Asked, rest: list[str], query: dict[str, list[str]], body: dict[str, Any]
    ) -> None:
        match method, rest:
            case "GET", []:
                rows = int(query.get("rows", ["1000"])[0])
                self._json(200, self.api.document(asked, rows=rows))
            case "DELETE", []:
                asked.cancelled = True
                self._json(202, {"query_id": asked.query_id})
            case "GET", ["rows"]:
                self._rows(asked, query["format"][0], query)
            case "POST", ["feedback"]:
                asked.feedback = {
                    "verdict": body["verdict"],
                    "by": "someone",
                    "at": datetime.now(UTC).isoformat(),
                }
                self._json(200, {"example_id": 31 if body["verdict"] == "approve" else None})
            case _:
                self._error(404, "not_found", "No such thing.")

    def _rows(self, asked: Asked, format: str, query: dict[str, list[str]]) -> None:
        linked = query.get("link") == ["true"]
        looks = self.api.exports.setdefault(asked.query_id, 0) if linked else 3
        if looks < 3:  # a worker makes it while somebody looks twice
            self.api.exports[asked.query_id] += 1
            done = [0, 1_000_000, 4_000_000][looks]
            status = "running" if done else "queued"
            self._json(202, {"export": {"status": status, "rows_done": done, "row_count": 5_000_000}})
            return
        if linked or "large" in asked.question:
            self.send_response(303)
            self.send_header("location", "/signed/rows.csv?signature=abc")
            self.send_header("content-length", "0")
            self.end_headers()
            return
        rows = asked.script.table["rows"] if asked.script.table else []
        text = "\r\n".join(",".join(str(c) for c in row) for row in rows)
        self._reply(200, text.encode() if format == "csv" else b"PK\x03\x04 stand-in")

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._reply(status, json.dumps(body).encode())

    def _error(self, status: int, code: str, message: str) -> None:
        self._json(status, {"error": {"code": code, "message": message, "request_id": "r-stand-in"}})

    def _reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(KEY, encoding="ascii")
    stand_in = StandIn().start(int(sys.argv[1]))
    sys.stdout.write(f"the stand-in listens at {stand_in.url}\n")
    threading.Event().wait()
