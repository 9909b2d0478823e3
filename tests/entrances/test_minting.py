"""Tokens: long, never twice the same, and known by their hash alone."""

from __future__ import annotations

import re

from analyst import log
from analyst.entrances import minting


def test_tokens_are_long_and_differ() -> None:
    made = [minting.mint() for _ in range(100)]
    assert len({m.text for m in made}) == len({m.id for m in made}) == 100
    for m in made:
        assert re.fullmatch(r"dab_[0-9a-f]{16}_[A-Za-z0-9_-]{43}", m.text)
        assert minting.id_of(m.text) == m.id
        assert m.text not in repr(m) and m.text not in m.hash


def test_only_the_very_token_matches() -> None:
    made, other = minting.mint(), minting.mint()
    assert minting.matches(made.text, made.hash)
    assert not minting.matches(other.text, made.hash)
    assert not minting.matches(made.text[:-1] + "é", made.hash)
    for text in ("", made.text[:-1], made.text + "x", made.text.upper(), f" {made.text}", made.text + "\n"):
        assert minting.id_of(text) == "" or not minting.matches(text, made.hash)


def test_no_log_shows_a_token_or_a_ticket() -> None:
    text = minting.mint().text
    secret = text.rsplit("_", 1)[-1]
    for line in (
        text,
        f"Bearer {text}",
        f'"authorization": "Bearer {text}"',
        f"cookie analyst_token={text};",
    ):
        assert secret not in log.redacted(line) and text[4:20] not in log.redacted(line)
    assert log.redacted("see k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdz here") == "see [secret] here"
