"""Tickets: only a request that AWS confirms, for this deployment, on a host of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from sts_stand_in import ACCOUNT, ARN, StandIn, now, presigned, running, ticket_of

from analyst.entrances import ticket
from analyst.entrances.fetching import LONGEST, fetch
from analyst.errors import Unauthorized

NAME = "data-analyst-bi.prod"
AWS = "https://sts.eu-central-1.amazonaws.com"


@pytest.fixture
def sts() -> Iterator[StandIn]:
    with running() as server:
        yield server


def caller(sts: StandIn, text: str, *, name: str = NAME) -> ticket.Caller:
    return ticket.caller(ticket.read(text, now=now(), endpoint=lambda: sts.url), name=name, fetch=fetch)


@pytest.mark.parametrize("as_xml", [False, True])
def test_aws_says_who_made_a_ticket(sts: StandIn, as_xml: bool) -> None:
    sts.as_xml = as_xml
    found = caller(sts, ticket_of(presigned(sts.url, name=NAME)))
    assert (found.account, found.arn, found.principal.key) == (ACCOUNT, ARN, f"aws:{ARN}")
    with_session = ticket_of(presigned(sts.url, name=NAME, session_token="FQoD/x+y=="))
    assert caller(sts, with_session).arn == ARN


def test_a_ticket_for_another_deployment_or_by_another_key_is_none(sts: StandIn) -> None:
    with pytest.raises(Unauthorized):
        caller(sts, ticket_of(presigned(sts.url, name="data-analyst-bi.test")))
    with pytest.raises(Unauthorized):
        caller(sts, ticket_of(presigned(sts.url, name=NAME, key="AKIANOBODY0000000000")))
    url = presigned(sts.url, name=NAME)
    with pytest.raises(Unauthorized):
        caller(sts, ticket_of(url.replace("AKIAANNA", "AKIABERT")))
    assert len(sts.asked) == 3


def test_a_ticket_is_one_for_a_quarter_of_an_hour() -> None:
    text = ticket_of(presigned(AWS, name=NAME))
    moment = now()
    found = ticket.read(text, now=moment + timedelta(minutes=14, seconds=58))
    assert found.until > moment + timedelta(minutes=15), "it is remembered for longer than it holds"
    ticket.read(text, now=moment - timedelta(seconds=58))
    for wrong in (timedelta(minutes=15, seconds=2), timedelta(minutes=-1, seconds=-2)):
        with pytest.raises(Unauthorized):
            ticket.read(text, now=moment + wrong)


def test_the_same_request_written_otherwise_is_the_same_ticket() -> None:
    url = presigned(AWS, name=NAME)
    pairs = parse_qsl(urlsplit(url).query)
    turned = f"{AWS}/?{urlencode(list(reversed(pairs)), quote_via=quote, safe='/;')}"
    first, second = (ticket.read(ticket_of(u), now=now()) for u in (url, turned))
    assert url != turned and first.hash == second.hash
    assert first.signature not in repr(first), "tickets are in no log"


@pytest.mark.parametrize(
    "host",
    [
        "https://sts.amazonaws.com",
        "https://sts.us-gov-west-1.amazonaws.com",
        "https://sts.cn-north-1.amazonaws.com.cn",
    ],
)
def test_hosts_of_aws(host: str) -> None:
    assert ticket.read(ticket_of(presigned(host, name=NAME)), now=now()).url.startswith(f"{host}/?")


@pytest.mark.parametrize(
    "host",
    [
        "http://sts.eu-central-1.amazonaws.com",
        "https://sts.eu-central-1.amazonaws.com.example.org",
        "https://sts.eu-central-1.amazonaws.com:444",
        "https://anna@sts.eu-central-1.amazonaws.com",
        "https://sts.example.org/sts.eu-central-1.amazonaws.com",
        "https://example.org#sts.eu-central-1.amazonaws.com",
        "https://ec2.eu-central-1.amazonaws.com",
        "https://stsxeu-central-1.amazonaws.com",
        "https://sts.x.amazonaws.com",
        "https://STS.eu-central-1.amazonaws.com",
        "https://sts.eu-central-1.amazonaws.com.",
        "https://127.0.0.1",
        "http://169.254.169.254",
        "http://127.0.0.1:4567",
        "file://sts.amazonaws.com",
        "https://[",
    ],
)
def test_no_other_host_is_ever_asked(host: str) -> None:
    query = urlsplit(presigned(AWS, name=NAME)).query
    with pytest.raises(Unauthorized):
        ticket.read(ticket_of(f"{host}/?{query}"), now=now(), endpoint=lambda: "http://127.0.0.1:4566")


def changed(**parameters: str | None) -> str:
    """A ticket of which some parameters are others, or gone."""
    given = dict(parse_qsl(urlsplit(presigned(AWS, name=NAME)).query))
    left = {n: v for n, v in {**given, **parameters}.items() if v is not None}
    return f"{AWS}/?{urlencode(left)}"


@pytest.mark.parametrize(
    "url",
    [
        changed(Action="AssumeRole"),
        changed(Action=None),
        changed(action="GetCallerIdentity"),
        changed(RoleArn="arn:aws:iam::1:role/r"),
        changed(Version="2010-01-01"),
        changed(**{"X-Amz-SignedHeaders": "host"}),
        changed(**{"X-Amz-SignedHeaders": "host;x-k8s-aws-id;x-other"}),
        changed(**{"X-Amz-Algorithm": "AWS4-ECDSA-P256-SHA256"}),
        changed(**{"X-Amz-Credential": "AKIAANNA000000000000/20260101/eu-central-1/s3/aws4_request"}),
        changed(**{"X-Amz-Signature": "A" * 64}),
        changed(**{"X-Amz-Signature": None}),
        changed(**{"X-Amz-Date": None}),
        changed(**{"X-Amz-Date": "20261341T000000Z"}),
        changed(**{"X-Amz-Security-Token": "a b"}),
        presigned(AWS, name=NAME) + "&Action=GetCallerIdentity",
        presigned(AWS, name=NAME) + "&Action=AssumeRole",
        presigned(AWS, name=NAME) + "&",
        presigned(AWS, name=NAME) + "#part",
        presigned(AWS, name=NAME) + "\r\nx-header: 1",
        presigned(AWS, name=NAME).replace("/?", "//?"),
        presigned(AWS, name=NAME).replace("/?", "/x?"),
        presigned(AWS, name=NAME).replace("/?", "?"),
        presigned(AWS, name=NAME) + "é",
        f"{AWS}/",
        "",
    ],
)
def test_anything_but_this_one_request_is_no_ticket(url: str) -> None:
    with pytest.raises(Unauthorized):
        ticket.read(ticket_of(url), now=now())


@pytest.mark.parametrize("text", ["", "k8s-aws-v1.", "k8s-aws-v1.a", "k8s-aws-v1.!!!!", "k8s-aws-v2.aGk"])
def test_what_is_no_base64url_is_no_ticket(text: str) -> None:
    with pytest.raises(Unauthorized):
        ticket.read(text, now=now())


def test_padding_the_prefix_and_the_length_count() -> None:
    good = ticket_of(presigned(AWS, name=NAME))
    ticket.read(good, now=now())
    padding = "=" * (-(len(good) - len(ticket.PREFIX)) % 4 or 4)
    for text in (good + padding, good.removeprefix(ticket.PREFIX), f" {good}", f"{good}\n"):
        with pytest.raises(Unauthorized):
            ticket.read(text, now=now())
    long = ticket_of(presigned(AWS, name=NAME, session_token="x" * 9_500))
    with pytest.raises(Unauthorized):
        ticket.read(long, now=now())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"<a",
        b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>',
        b"x" * (LONGEST + 1),
        b'{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"999999999999","Arn":"'
        + ARN.encode()
        + b'"}}}',
        b'{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Account":"1","Arn":"anna"}}}',
    ],
)
def test_an_answer_that_names_nobody_lets_nobody_in(sts: StandIn, body: bytes) -> None:
    sts.body = body
    with pytest.raises(Unauthorized):
        caller(sts, ticket_of(presigned(sts.url, name=NAME)))


def test_redirections_are_not_followed(sts: StandIn) -> None:
    with running() as other:
        sts.location = f"{other.url}/"
        with pytest.raises(Unauthorized):
            caller(sts, ticket_of(presigned(sts.url, name=NAME)))
        assert other.asked == []
