"""The HTTP client of the product's own API; the page and other front ends talk to nothing else."""

from __future__ import annotations

import http.client
import json
import logging
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NotRequired, TypedDict, cast
from urllib.parse import quote, urlencode, urljoin, urlsplit

from analyst import ages, figures
from analyst.assurance import Assurance as Assurance
from analyst.assurance import assurance
from analyst.chart import Chart, ChartType
from analyst.errors import AnalystError
from analyst.identity import Entrance as Entrance
from analyst.result import Kind, ResultColumn

log = logging.getLogger(__name__)

Format = Literal["csv", "xlsx", "json", "parquet"]
Verdict = Literal["approve", "reject"]

MOST_ROWS = 1000
"""As many rows as a document carries; the whole result comes from `Client.rows`."""
_LONGEST_ANSWER = 64 * 1024 * 1024
_MOST_REDIRECTS = 3
_LARGEST_FILE = 16 * 1024 * 1024
_FILE_SECONDS = 60.0
_LOOK_SECONDS = 1.0
_MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
"""What is asked for by `accept`: API Gateway hands bytes over only to those who do."""


class StepDocument(TypedDict):
    """One step on the way to an answer."""

    name: str
    label: str
    done: bool
    ms: float
    detail: str


class ColumnDocument(TypedDict):
    """One column of a table; `kind` is a value of `analyst.result.Kind`."""

    name: str
    kind: str


class TableDocument(TypedDict):
    """The first rows of a result, each cell as its column's kind is written."""

    columns: list[ColumnDocument]
    rows: list[list[Any]]
    row_count: int
    truncated: bool


class ChartDocument(TypedDict):
    """A declarative plot; columns are given by position."""

    type: str
    x: int
    y: list[int]
    series: int | None
    title: str
    alternatives: list[str]


class ReceiptDocument(TypedDict):
    """How an answer was made."""

    id: str
    source: str
    sql: str
    executed_sql: str
    tables: list[str]
    filters: list[str]
    assumptions: list[str]
    warnings: list[str]
    example_id: int | None
    examples_shown: list[int]
    cached: str | None
    policy: str
    confidence: NotRequired[float]
    attempts: int
    model: str
    prompt_tokens: int
    completion_tokens: int
    reused_seconds: NotRequired[int | None]
    cost: NotRequired[str]
    cost_usd: NotRequired[float | None]


class AnswerDocument(TypedDict):
    """What is there of the answer; the table may come before the words."""

    words: str
    words_by: str
    table: TableDocument | None
    chart: ChartDocument | None
    suggestions: list[str]
    receipt: ReceiptDocument | None


class ErrorDocument(TypedDict):
    """Why there is no answer, in one plain sentence."""

    code: str
    message: str
    request_id: str


class FeedbackDocument(TypedDict):
    """What a person thought of the answer."""

    verdict: str
    by: NotRequired[str]
    at: NotRequired[str]


class Document(TypedDict):
    """One question with everything that is known of it so far."""

    query_id: str
    session_id: str
    request_id: str
    question: str
    source: str
    mode: str
    status: str
    asked_at: str
    finished_at: str | None
    steps: list[StepDocument]
    answer: AnswerDocument | None
    error: ErrorDocument | None
    feedback: FeedbackDocument | None


class SourceDocument(TypedDict):
    """A database that may be asked, with questions it can answer."""

    name: str
    title: str
    description: str
    engine: str
    tables: int | None
    questions: list[str]


class ModelState(TypedDict):
    """Whether the language model can be asked: `state` is ready, arriving, loading or failed."""

    state: str
    done: int
    total: int
    message: str


class Capabilities(TypedDict):
    """What this installation can do right now."""

    model: ModelState
    version: str
    formats: list[str]
    row_limit: int
    xlsx_row_limit: int
    modes: list[str]


class ExportDocument(TypedDict):
    """How far a large file is: `status` is queued or running."""

    status: str
    rows_done: int
    row_count: int


class SessionDocument(TypedDict):
    """One session of a person, as a list shows it."""

    session_id: str
    title: str
    questions: int
    last_asked_at: str


class SwapDocument(TypedDict):
    """One literal put in another's place."""

    old: str
    new: str
    column: str


class CandidateDocument(TypedDict):
    """An approved question near to another one: `verdict` is same, bound or miss."""

    example_id: int
    question: str
    similarity: float
    verdict: str
    reason: str
    swaps: list[SwapDocument]
    sql: str
    approved_by: str
    approved_at: str | None


class ExplanationDocument(TypedDict):
    """What the answer cache makes of a question; the candidates are those that this person may see."""

    question: str
    source: str
    verdict: str
    example_id: int | None
    reason: str
    candidates: list[CandidateDocument]


class Me(TypedDict):
    """Who asks, as the service sees them."""

    person: str
    """Whom questions and sessions belong to: entrance and name."""
    name: str
    """What to call them on a screen."""
    role: str
    policy: str
    entrance: str
    approves: bool
    sources: list[str]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Somebody was let in, with a token that stands for them until it expires."""

    token: str
    expires_at: datetime
    person: str


@dataclass(frozen=True, kw_only=True)
class Link:
    """Where a browser can fetch a file for some minutes, without any key."""

    url: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question that was taken in."""

    query_id: str
    session_id: str


class ApiError(AnalystError):
    """The API said no; `str(error)` is its own sentence, `code` and `status` are the API's."""

    def __init__(self, message: str, *, code: str, status: int, request_id: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.request_id = request_id
        """What to name when asking for help; empty when the API was not reached."""


class ApiUnreachable(ApiError):
    """Nobody answers at the API's address, or not in time; the same call may succeed a moment later."""

    retryable = True

    def __init__(self, message: str) -> None:
        super().__init__(message, code="unreachable", status=503)


class Client:
    """Talks to one API as one person; holds no connection, so it may be shared between threads.

    Every method raises ApiError with the API's own sentence, or ApiUnreachable; with status 401 where the token is
    missing, expired or revoked.
    """

    def __init__(self, base_url: str, *, key: str, token: str = "", timeout_seconds: float = 10.0) -> None:
        self._base = base_url.rstrip("/")
        self._headers = {"x-api-key": key, **({"authorization": f"Bearer {token}"} if token else {})}
        self._timeout = timeout_seconds

    def enter(self, *, ticket: str = "", oidc: str = "") -> Entry:
        """Exchange a tunnel's ticket, or what the load balancer says of somebody, for a token."""
        return _entry(self._json("POST", "/entry", body={"ticket": ticket} if ticket else {"oidc": oidc}))

    def me(self) -> Me:
        """Who this client speaks for, and what they may do."""
        return cast(Me, self._json("GET", "/me"))

    def ask(
        self,
        question: str,
        *,
        source: str | None = None,
        session_id: str | None = None,
        mode: str | None = None,
    ) -> Asked:
        """Hand a question in; it runs on its own, `query` shows how far it is."""
        wishes = {"question": question, "source": source, "session_id": session_id, "mode": mode}
        reply = self._json("POST", "/query", body={k: v for k, v in wishes.items() if v is not None})
        return Asked(query_id=str(reply.get("query_id", "")), session_id=str(reply.get("session_id", "")))

    def query(self, query_id: str, *, rows: int = MOST_ROWS) -> Document:
        """One question as it stands, with at most `rows` rows of its table."""
        return cast(Document, self._json("GET", f"/query/{_part(query_id)}?rows={rows}"))

    def cancel(self, query_id: str) -> None:
        """Stop a question; one that ended already is left as it is."""
        self._json("DELETE", f"/query/{_part(query_id)}")

    def rows(self, query_id: str, *, format: Format) -> bytes:
        """The whole stored result as a file's bytes, however large; waits while a worker makes it."""
        found = self.file(query_id, format=format)
        while not isinstance(found, bytes | Link):
            time.sleep(_LOOK_SECONDS)
            found = self.file(query_id, format=format, start=False)
        if isinstance(found, bytes):
            return found
        # The link is signed; whoever serves it is not to learn the key.
        reply = _call("GET", found.url, headers={}, body=None, most_bytes=None, timeout_seconds=_FILE_SECONDS)
        return _checked(reply)

    def file(
        self, query_id: str, *, format: Format, link: bool = False, start: bool = True
    ) -> bytes | Link | ExportDocument:
        """The stored result as a small file's bytes, else as a link, or how far it is while a worker makes it.

        With `link` a small one is a link, too; without `start` nothing is begun, only looked at.
        """
        wishes = {"format": format, "link": str(link).lower(), "start": str(start).lower()}
        url = f"{self._base}/query/{_part(query_id)}/rows?{urlencode(wishes)}"
        headers = {**self._headers, "accept": _MEDIA[format]}
        reply = _call(
            "GET", url, headers=headers, body=None, most_bytes=_LARGEST_FILE, timeout_seconds=_FILE_SECONDS
        )
        if reply.status == 303:
            return Link(url=urljoin(url, reply.location))
        content = _checked(reply)
        return cast(ExportDocument, _parsed(content).get("export")) if reply.status == 202 else content

    def feedback(self, query_id: str, verdict: Verdict, *, note: str = "") -> Mapping[str, Any]:
        """Say that an answer is right or wrong; a right one serves as example from then on."""
        body = {"verdict": verdict, **({"note": note} if note else {})}
        return self._json("POST", f"/query/{_part(query_id)}/feedback", body=body)

    def sources(self) -> list[SourceDocument]:
        """The databases that may be asked."""
        return cast(list[SourceDocument], self._list("/sources", "sources"))

    def explain(self, question: str, *, source: str | None = None) -> ExplanationDocument:
        """Which approved questions would answer one, and why not the others; nothing is run."""
        wishes = {"question": question, **({"source": source} if source else {})}
        return cast(ExplanationDocument, self._json("GET", f"/cache?{urlencode(wishes)}"))

    def capabilities(self) -> Capabilities:
        """What this installation can do right now."""
        return cast(Capabilities, self._json("GET", "/capabilities"))

    def sessions(self) -> list[SessionDocument]:
        """This person's sessions, newest first."""
        return cast(list[SessionDocument], self._list("/sessions", "sessions"))

    def session(self, session_id: str) -> list[Document]:
        """The questions of one of this person's sessions, oldest first."""
        return cast(list[Document], self._list(f"/sessions/{_part(session_id)}", "queries"))

    def health(self) -> Mapping[str, Any]:
        """How the installation is."""
        return self._json("GET", "/health")

    def _list(self, path: str, name: str) -> list[Any]:
        found = self._json("GET", path).get(name)
        if not isinstance(found, list):
            raise _not_ours(200)
        return found

    def _json(self, method: str, path: str, *, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return _parsed(self._send(method, path, body=body, most_bytes=_LONGEST_ANSWER))

    def _send(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        most_bytes: int | None = None,
        timeout_seconds: float | None = None,
        accept: str = "application/json",
    ) -> bytes:
        payload = None if body is None else json.dumps(body).encode()
        url, headers = self._base + path, {**self._headers, "accept": accept}
        if payload is not None:
            headers["content-type"] = "application/json"
        for _ in range(_MOST_REDIRECTS):
            reply = _call(
                method,
                url,
                headers=headers,
                body=payload,
                most_bytes=most_bytes,
                timeout_seconds=timeout_seconds or self._timeout,
            )
            if reply.status != 303:
                return _checked(reply)
            url, method, payload = urljoin(url, reply.location), "GET", None
            headers = {}  # the link is signed; whoever serves it is not to learn the key
        raise _not_ours(303)


@dataclass(frozen=True, kw_only=True)
class _Reply:
    status: int
    body: bytes
    location: str


def figure(document: Document, *, chart_type: str | None = None) -> dict[str, Any] | None:
    """The answer's chart as plotly's JSON, in another type where one is given; None without a chart.

    Raises WrongUsage where chart and table do not fit, ValueError for a type that is not known.
    """
    answer = document["answer"]
    if answer is None or answer["chart"] is None or answer["table"] is None:
        return None
    columns = [ResultColumn(name=c["name"], kind=Kind(c["kind"])) for c in answer["table"]["columns"]]
    return figures.draw(_chart(answer["chart"], chart_type), columns, answer["table"]["rows"])


def assured(document: Document) -> Assurance | None:
    """How sure an answer is, in words; None where there is none, or no SQL, or where it was never measured."""
    answer = document["answer"]
    receipt = answer["receipt"] if answer is not None and document["status"] == "answered" else None
    if receipt is None or not receipt["sql"]:
        return None
    return assurance(
        receipt.get("confidence", 1.0),
        attempts=receipt["attempts"],
        cached=receipt["cached"],
        thorough=document["mode"] == "thorough",
    )


def reused(receipt: ReceiptDocument) -> str:
    """The sentence on rows that were read for an earlier answer, with their age; empty where they were not."""
    return ages.reused(receipt.get("reused_seconds"))


def _chart(document: ChartDocument, chart_type: str | None) -> Chart:
    return Chart(
        type=ChartType(chart_type or document["type"]),
        x=document["x"],
        y=tuple(document["y"]),
        series=document["series"],
        title=document["title"],
    )


def _call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes | None,
    most_bytes: int | None,
    timeout_seconds: float,
) -> _Reply:
    connection = _connection(url, timeout_seconds=timeout_seconds)
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        reply = connection.getresponse()
        content = reply.read() if most_bytes is None else reply.read(most_bytes + 1)
    except TimeoutError as error:
        raise ApiUnreachable("The service did not answer in time. Try again in a moment.") from error
    except (OSError, http.client.HTTPException) as error:
        log.warning("the API is not reachable: %s", type(error).__name__)
        raise ApiUnreachable(
            "The service cannot be reached. Check that it is running, then try again."
        ) from error
    finally:
        connection.close()
    if most_bytes is not None and len(content) > most_bytes:
        raise _not_ours(reply.status)
    return _Reply(status=reply.status, body=content, location=reply.headers.get("location", ""))


def _connection(url: str, *, timeout_seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=timeout_seconds, context=context)
    if parts.scheme == "http" and host:
        return http.client.HTTPConnection(host, parts.port, timeout=timeout_seconds)
    raise ApiUnreachable("The address of the service is not an http or https address. Check the settings.")


def _entry(document: Mapping[str, Any]) -> Entry:
    try:
        expires_at = datetime.fromisoformat(str(document["expires_at"]))
        token, person = str(document["token"]), str(document["person"])
    except (KeyError, ValueError) as error:
        raise _not_ours(201) from error
    aware = expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=UTC)
    return Entry(token=token, expires_at=aware, person=person)


def _checked(reply: _Reply) -> bytes:
    if 200 <= reply.status < 300:
        return reply.body
    raise _refusal(reply)


def _refusal(reply: _Reply) -> ApiError:
    try:
        found = json.loads(reply.body)["error"]
        message, code, request_id = (
            str(found["message"]),
            str(found["code"]),
            str(found.get("request_id", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return _not_ours(reply.status)
    return ApiError(message, code=code, status=reply.status, request_id=request_id)


def _not_ours(status: int) -> ApiError:
    if status == 401:
        return ApiError("You are not signed in.", code="unauthorized", status=401)
    if status == 403:  # what a gateway in front of the API says, in its own shape
        return ApiError("The service does not accept this page's key.", code="forbidden", status=403)
    if status == 429:
        message = "Too many requests at once. Wait a moment, then try again."
        return ApiError(message, code="throttled", status=429)
    message = f"The service answered in a way that is not understood (HTTP {status}). Try again in a moment."
    return ApiError(message, code="not_understood", status=status)


def _parsed(content: bytes) -> dict[str, Any]:
    if not content.strip():
        return {}
    try:
        found = json.loads(content)
    except ValueError as error:
        raise _not_ours(200) from error
    if not isinstance(found, dict):
        raise _not_ours(200)
    return found


def _part(identifier: str) -> str:
    return quote(identifier, safe="")
