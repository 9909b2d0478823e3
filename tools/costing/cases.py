"""The cases that the cost page shows: sizes, both ways out, and one thing changed at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from costing.bill import Case
from costing.from_code import deployment
from costing.prices import PriceFile

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that is different, in options or in habits."""

    words: str
    options: Mapping[str, Any] = field(default_factory=dict)
    usage: Mapping[str, float] = field(default_factory=dict)


def sized(prices: PriceFile, analysts: int, region: str, changes: Mapping[str, Any] = NOTHING) -> Case:
    """So many analysts with the options that the price file has for them, and these changes over them."""
    options = {**prices.sizes.get(analysts, {}), **changes}
    if options.get("egress") == "endpoints":
        options.pop("nat_gateways", None)
    return Case(analysts=analysts, options=deployment(options), region=region, prices=prices)


def changed(case: Case, change: Change) -> Case:
    """The same case with that one thing different."""
    prices = replace(case.prices, usage={**case.prices.usage, **change.usage})
    return sized(prices, case.analysts, case.region, change.options)


def changes(prices: PriceFile) -> Iterator[Change]:
    """What people ask about, the habits first."""
    usage = prices.usage
    yield Change(words="twice as many questions", usage={"questions": usage["questions"] * 2})
    yield Change(
        words="half of the prompt (few tables)", usage={"draft_tokens_in": usage["draft_tokens_in"] / 2}
    )
    yield Change(
        words="half of the questions answered by approved examples", usage={"answered_by_example": 0.5}
    )
    yield Change(
        words="Claude Haiku 4.5 for everything",
        options=_models("global.anthropic.claude-haiku-4-5-20251001-v1:0"),
    )
    words = "Claude Haiku 4.5 for the words only"
    yield Change(words=words, options=_models("", words="global.anthropic.claude-haiku-4-5-20251001-v1:0"))
    geography = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    yield Change(words="Claude Sonnet 4.5 by `us.` or `eu.`, not `global.`", options=_models(geography))
    yield Change(words="Amazon Nova Pro for everything", options=_models("us.amazon.nova-pro-v1:0"))
    yield Change(words='`"egress": "endpoints"`', options={"egress": "endpoints"})
    yield Change(words='`"nat_gateways": 2`', options={"nat_gateways": 2})
    yield Change(words='`"database_multi_az": true`', options={"database_multi_az": True})
    yield Change(words='`"database_proxy": true`', options={"database_proxy": True})
    yield Change(words='`"database_instance": "t4g.micro"`', options={"database_instance": "t4g.micro"})
    yield Change(words='`"ui_tasks_min": 2`', options={"ui_tasks_min": 2})
    yield Change(words='`"start": "provisioned"`, one environment each', options={"start": "provisioned"})
    yield Change(words='`"architecture": "x86_64"`', options={"architecture": "x86_64"})
    yield Change(words='`"bastion": false` (a VPN instead)', options={"bastion": False})


def _models(sql: str, *, words: str = "") -> dict[str, Any]:
    return {"models": {key: value for key, value in (("sql", sql), ("words", words)) if value}}
