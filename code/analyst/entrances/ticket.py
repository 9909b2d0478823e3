"""The tunnel's ticket: a request that only its maker can have signed, which AWS is asked to look at.

A ticket is what `aws eks get-token --cluster-name NAME` prints: `k8s-aws-v1.` and a presigned URL of
`sts:GetCallerIdentity` as base64url. Its signature covers the header `x-k8s-aws-id`, so that a ticket that was made
for another name is none here. What is sent to AWS is built anew from the parts that were understood.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from xml.etree import ElementTree

from analyst.entrances.fetching import Fetch
from analyst.errors import Unauthorized
from analyst.identity import Entrance, Principal

PREFIX = "k8s-aws-v1."
LONGEST = 12_000
"""Characters; temporary credentials carry some 1,000 to 4,000 of them."""
VALID = timedelta(minutes=15)
AHEAD = timedelta(minutes=1)
"""How far the maker's clock may be ahead."""

_HOST = re.compile(r"sts\.amazonaws\.com|sts\.[a-z]{2}(?:-[a-z]+){1,3}-\d\.amazonaws\.com(?:\.cn)?", re.ASCII)
_PARAMETERS: Mapping[str, re.Pattern[str]] = {
    "Action": re.compile("GetCallerIdentity"),
    "Version": re.compile("2011-06-15"),
    "X-Amz-Algorithm": re.compile("AWS4-HMAC-SHA256"),
    "X-Amz-Credential": re.compile(r"\w{16,128}/\d{8}/[a-z0-9-]{1,32}/sts/aws4_request", re.ASCII),
    "X-Amz-Date": re.compile(r"\d{8}T\d{6}Z", re.ASCII),
    "X-Amz-Expires": re.compile(r"\d{1,6}", re.ASCII),
    "X-Amz-SignedHeaders": re.compile("host;x-k8s-aws-id"),
    "X-Amz-Signature": re.compile(r"[0-9a-f]{64}"),
    "X-Amz-Security-Token": re.compile(r"[\w+/=%.~-]{1,8192}", re.ASCII),
}
_NOT_NEEDED = {"X-Amz-Security-Token"}
_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:(?:iam|sts)::(\d{12}):[\w+=,.@/-]{1,600}", re.ASCII)
_NO_TICKET = "The ticket is not valid here. Open the tunnel again for a new one."


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What a ticket asks of AWS."""

    url: str = field(repr=False)
    signature: str = field(repr=False)
    made_at: datetime

    @property
    def hash(self) -> str:
        """What is kept of it: of its signature, since the same request can be written in many ways."""
        return hashlib.sha256(self.signature.encode()).hexdigest()

    @property
    def until(self) -> datetime:
        """When it can be taken no more."""
        return self.made_at + VALID + AHEAD


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who made a ticket, as AWS says."""

    account: str
    arn: str

    @property
    def principal(self) -> Principal:
        """Assumed roles with the name of their session, which says who has assumed them."""
        return Principal(entrance=Entrance.AWS, name=self.arn)


def read(text: str, *, now: datetime, endpoint: Callable[[], str] = str) -> Ticket:
    """A ticket's parts; raises Unauthorized for anything that is not exactly one.

    `endpoint` is the URL of an STS that is not AWS's own, where one is set.
    """
    try:
        url = urlsplit(_decoded(text))
    except ValueError:
        raise Unauthorized(_NO_TICKET) from None
    base = f"{url.scheme}://{url.netloc}"
    of_aws = url.scheme == "https" and _HOST.fullmatch(url.netloc)
    if url.path != "/" or url.fragment or not (of_aws or base == endpoint().rstrip("/")):
        raise Unauthorized(_NO_TICKET)
    parameters = _parameters(url.query)
    made_at = _moment(parameters["X-Amz-Date"])
    if not -AHEAD <= now - made_at <= VALID:
        raise Unauthorized("The ticket is no longer valid. Open the tunnel again for a new one.")
    return Ticket(
        url=f"{base}/?{urlencode(parameters, quote_via=quote, safe='-_.~')}",
        signature=parameters["X-Amz-Signature"],
        made_at=made_at,
    )


def caller(ticket: Ticket, *, name: str, fetch: Fetch) -> Caller:
    """Who made it for the deployment of that name; raises Unauthorized where AWS does not say."""
    try:
        body = fetch(ticket.url, {"x-k8s-aws-id": name, "accept": "application/json"})
        said = _said(body.decode())
    except (OSError, ValueError, KeyError, TypeError, ElementTree.ParseError):
        raise Unauthorized("AWS does not confirm the ticket. Open the tunnel again for a new one.") from None
    found = _ARN.fullmatch(said.arn)
    if found is None or found[1] != said.account:
        raise Unauthorized(_NO_TICKET)
    return said


def _decoded(text: str) -> str:
    encoded = text.removeprefix(PREFIX)
    if not text.startswith(PREFIX) or len(text) > LONGEST or not re.fullmatch(r"[A-Za-z0-9_-]+", encoded):
        raise Unauthorized(_NO_TICKET)
    try:
        url = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("ascii")
    except ValueError:
        raise Unauthorized(_NO_TICKET) from None
    if not re.fullmatch(r"[!-~]+", url):
        raise Unauthorized(_NO_TICKET)
    return url


def _parameters(query: str) -> dict[str, str]:
    """Each known parameter once, and no other."""
    try:
        pairs = parse_qsl(query, strict_parsing=True, errors="strict", max_num_fields=len(_PARAMETERS))
    except ValueError:
        raise Unauthorized(_NO_TICKET) from None
    found = dict(pairs)
    known = all(name in _PARAMETERS and _PARAMETERS[name].fullmatch(value) for name, value in pairs)
    if not known or len(found) < len(pairs) or set(_PARAMETERS) - set(found) - _NOT_NEEDED:
        raise Unauthorized(_NO_TICKET)
    return found


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Unauthorized(_NO_TICKET) from None


def _said(text: str) -> Caller:
    """AWS answers as JSON where that is asked for; stand-ins for it may know XML only."""
    if text.lstrip().startswith("<"):
        return _said_as_xml(text)
    result: Mapping[str, Any] = json.loads(text)["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    return Caller(account=str(result["Account"]), arn=str(result["Arn"]))


def _said_as_xml(text: str) -> Caller:
    if "<!" in text:
        raise ValueError("a document type, which could name other documents")
    root = ElementTree.fromstring(text)
    arn, account = (root.findtext(f".//{{*}}{name}") or "" for name in ("Arn", "Account"))
    return Caller(account=account.strip(), arn=arn.strip())
