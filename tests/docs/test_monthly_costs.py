"""The bill: sums that can be done by hand, and what moves which line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from costing import from_code
from costing.bill import Case, bill
from costing.cases import changed, changes, sized
from costing.prices import HOURS, PriceError, read_prices
from plan import services

PRICES = read_prices()
REGION = "us-east-1"


def case(analysts: int = 100, **options: Any) -> Case:
    return Case(analysts=analysts, options=from_code.deployment(options), region=REGION, prices=PRICES)


def moved(before: Case, after: Case) -> set[str]:
    """The lines that are different."""
    first, second = bill(before), bill(after)
    return {name for name in first if abs(first[name] - second[name]) > 1e-9}


def test_models_by_hand() -> None:
    """100 analysts x 10 x 21 = 21,000 questions, 9 in 10 of them asked of a model."""
    usage = {**PRICES.usage, "questions": 10, "working_days": 21, "answered_by_example": 0.1, "drafts": 1.0}
    usage |= {"draft_tokens_in": 1000, "draft_tokens_out": 100, "words_tokens_in": 0, "words_tokens_out": 0}
    prices = replace(PRICES, usage={**usage, "embedding_tokens": 0})
    one = replace(case(), prices=prices)
    assert bill(one)["models"] == pytest.approx(18_900 * (1000 * 3 + 100 * 15) / 1e6)
    for id in ("anthropic.claude-sonnet-4-5-20250929-v1:0", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"):
        regional = replace(one, options=from_code.deployment({"models": {"sql": id}}))
        assert bill(regional)["models"] == pytest.approx(1.1 * bill(one)["models"])


def test_network_by_hand() -> None:
    hourly = bill(case(nat_gateways=2))["network"] - bill(case())["network"]
    assert hourly == pytest.approx(HOURS * (0.045 + 0.005))
    with_endpoints = case(egress="endpoints", bastion=False)
    paid = 9 * 2 * HOURS * 0.01 + with_endpoints.traffic_gb * 0.01
    assert bill(with_endpoints)["network"] == pytest.approx(paid)


def test_database_by_hand() -> None:
    assert bill(case())["database"] == pytest.approx(HOURS * 0.032 + 20 * 0.115)
    assert bill(case(database_multi_az=True))["database"] == pytest.approx(2 * (HOURS * 0.032 + 20 * 0.115))


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({"database_proxy": True}, {"database"}),
        ({"database_instance": "t4g.micro"}, {"database"}),
        ({"egress": "endpoints"}, {"network"}),
        ({"bastion": False}, {"bastion"}),
        ({"start": "provisioned"}, {"functions"}),
        ({"architecture": "x86_64"}, {"functions", "page"}),
        ({"embedder": "minilm"}, {"models"}),
        ({"log_days": 90}, {"logs"}),
        ({"keep_results_days": 30}, {"storage"}),
        ({"ui_tasks_min": 2}, {"page"}),
    ],
)
def test_an_option_moves_its_line(options: dict[str, Any], lines: set[str]) -> None:
    assert moved(case(), case(**options)) == lines


def test_an_existing_network_costs_nothing_new() -> None:
    existing = {
        "vpc_id": "vpc-0123456789abcdef0",
        "availability_zones": ["eu-central-1a", "eu-central-1b"],
        "private_subnet_ids": ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"],
        "isolated_subnet_ids": ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"],
    }
    assert bill(case(**existing))["network"] == 0
    endpoint = {"existing_endpoints": True, "api_endpoint_id": "vpce-0123456789abcdef0"}
    saved = bill(case(**existing))["API"] - bill(case(**existing, **endpoint))["API"]
    assert saved == pytest.approx(2 * HOURS * 0.01)


def test_more_people_cost_more_in_all_and_less_each() -> None:
    totals = {n: sum(bill(sized(PRICES, n, REGION)).values()) for n in PRICES.sizes}
    assert list(totals) == [10, 100, 1000]
    each = [total / n for n, total in totals.items()]
    assert list(totals.values()) == sorted(totals.values()) and each == sorted(each, reverse=True)


@pytest.mark.parametrize("analysts", PRICES.sizes)
def test_each_size_has_room_for_its_busiest_time(analysts: int) -> None:
    one = sized(PRICES, analysts, REGION)
    assert one.at_once < one.options.worker_concurrency
    assert one.at_once * one.habit("looks_per_second") < one.options.throttle_rate


@pytest.mark.parametrize("region", PRICES.regions)
def test_every_case_of_the_page_has_its_prices(region: str) -> None:
    for analysts in PRICES.sizes:
        for way in ("nat", "endpoints"):
            assert all(
                dollars >= 0 for dollars in bill(sized(PRICES, analysts, region, {"egress": way})).values()
            )
    for change in changes(PRICES):
        assert sum(bill(changed(sized(PRICES, 100, region), change)).values()) > 0


def test_a_price_that_is_missing_is_named() -> None:
    with pytest.raises(PriceError, match=r"database_hour.*r99\.large"):
        bill(case(database_instance="r99.large"))
    with pytest.raises(PriceError, match="acme"):
        bill(case(models={"sql": "acme.large-v1:0"}))


def test_quantities_are_those_of_the_stacks() -> None:
    fixed = from_code.fixed()
    assert fixed.memory_mb.keys() == {"data-analyst", "worker", "querybot"}
    assert all(128 <= mb <= 10_240 for mb in fixed.memory_mb.values())
    assert (fixed.zones, fixed.alarms) == (2, 15)
    assert from_code.endpoints(case().options) == len(services(case().options)) - 1


def test_paid_endpoints_are_those_of_the_network_stack() -> None:
    from pieces.doors import needed_doors

    for options in ({}, {"bastion": False}, {"embedder": "minilm"}):
        made = from_code.deployment({"egress": "endpoints", **options})
        assert from_code.endpoints(made) == len(needed_doors(made)) + 1
