"""Who may talk to whom, and that nobody else may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from synthesis import ENDPOINTS, EXISTING, LAKE, SECRET, WAREHOUSE, Templates, resources
from talking import printed, rules

Ground = Callable[..., Templates]
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "endpoints": ENDPOINTS,
    "existing": EXISTING,
    "proxy": {"database_proxy": True, "database_rotation_days": 0},
    "without bastion": {"bastion": False},
    "sources": {"sources": [WAREHOUSE, LAKE]},
    "clients": {"ui_client_cidrs": ["10.9.0.0/16"]},
}

DEFAULT = """
in  data-analyst -> database of the product: tcp 5432
in  data-analyst-worker -> database of the product: tcp 5432
in  load balancer of the page -> tasks of the page: tcp 8080
in  machine of the tunnel -> load balancer of the page: tcp 80
in  new passwords of the database -> database of the product: tcp 5432
in  tasks of the page -> endpoints of AWS services: tcp 443
out data-analyst -> 0.0.0.0/0: tcp 443
out data-analyst -> database of the product: tcp 5432
out data-analyst-worker -> 0.0.0.0/0: tcp 443
out data-analyst-worker -> database of the product: tcp 5432
out load balancer of the page -> tasks of the page: tcp 8080
out machine of the tunnel -> 0.0.0.0/0: tcp 443
out machine of the tunnel -> load balancer of the page: tcp 80
out new passwords of the database -> 0.0.0.0/0: tcp 443
out new passwords of the database -> database of the product: tcp 5432
out tasks of the page -> 0.0.0.0/0: tcp 443
"""


def network(ground: Ground, options: Mapping[str, Any]) -> Mapping[str, Any]:
    return ground(**options)["analyst-network"]


def real(text: str) -> list[str]:
    """Without the line that the CDK writes for a group with nothing allowed out."""
    return [line for line in text.strip().splitlines() if "255.255.255.255/32" not in line]


def test_the_default_walls_are_these_and_no_others(ground: Ground) -> None:
    assert real(printed(network(ground, {}))) == DEFAULT.strip().splitlines()


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_nothing_is_open_to_the_internet(ground: Ground, options: Mapping[str, Any]) -> None:
    inward = [rule for rule in rules(network(ground, options)) if rule.side == "in"]
    assert inward
    assert not [rule for rule in inward if rule.source in ("0.0.0.0/0", "::/0")]


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_a_group_goes_out_to_named_ports_only(ground: Ground, options: Mapping[str, Any]) -> None:
    outward = [rule for rule in rules(network(ground, options)) if rule.side == "out"]
    assert {rule.port for rule in outward if rule.target != "255.255.255.255/32"} <= {
        "tcp 443",
        "tcp 5432",
        "tcp 5439",
        "tcp 8080",
        "tcp 80",
    }
    assert {rule.port for rule in outward if rule.target == "0.0.0.0/0"} == {"tcp 443"}


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_both_sides_of_a_permission_agree_and_none_stands_twice(
    ground: Ground, options: Mapping[str, Any]
) -> None:
    found = rules(network(ground, options))
    assert [rule for rule, times in Counter(found).items() if times > 1] == []
    groups = {rule.target for rule in found if rule.side == "in"}
    for rule in found:
        if rule.side == "out" and rule.target in groups:
            assert rule._replace(side="in") in found


def test_no_other_stack_adds_a_rule(ground: Ground) -> None:
    for options in VARIANTS.values():
        for name, template in ground(**options).items():
            if name != "analyst-network":
                assert rules(template) == [], name


def test_without_nat_only_those_who_need_s3_may_go_to_any_address(ground: Ground) -> None:
    found = rules(network(ground, ENDPOINTS))
    assert {rule.source for rule in found if rule.target == "0.0.0.0/0"} == {
        "data-analyst",
        "data-analyst-worker",
        "tasks of the page",
    }
    assert {rule.source for rule in found if rule.target == "endpoints of AWS services"} == {
        "data-analyst",
        "data-analyst-worker",
        "tasks of the page",
        "machine of the tunnel",
        "new passwords of the database",
    }


def test_the_proxy_stands_between_functions_and_database(ground: Ground) -> None:
    found = rules(network(ground, VARIANTS["proxy"]))
    to_database = {rule.source for rule in found if rule.target == "database of the product"}
    assert to_database == {"proxy before the database"}
    to_proxy = {rule.source for rule in found if rule.target == "proxy before the database"}
    assert to_proxy == {"data-analyst", "data-analyst-worker"}


def test_only_the_worker_reaches_a_source_at_its_own_port(ground: Ground) -> None:
    found = [rule for rule in rules(network(ground, VARIANTS["sources"])) if rule.port == "tcp 5439"]
    group = WAREHOUSE["security_group_id"]
    assert [(rule.side, rule.source, rule.target) for rule in found] == [
        ("in", "data-analyst-worker", group),
        ("out", "data-analyst-worker", group),
    ]


def test_two_databases_on_one_server_share_one_rule(ground: Ground) -> None:
    second = {**WAREHOUSE, "name": "second", "database": "other"}
    found = rules(network(ground, {"sources": [WAREHOUSE, second]}))
    assert len([rule for rule in found if rule.port == "tcp 5439"]) == 2


@pytest.mark.parametrize(
    ("host", "target"),
    [("10.1.2.3", "10.1.2.3/32"), ("db.example.com", "0.0.0.0/0")],
    ids=["address", "name"],
)
def test_a_source_without_group_is_let_out_to(ground: Ground, host: str, target: str) -> None:
    source = {
        "name": "s",
        "engine": "postgres",
        "address": f"{host}:5544",
        "database": "d",
        "secret_arn": SECRET,
    }
    found = [rule for rule in rules(network(ground, {"sources": [source]})) if rule.port == "tcp 5544"]
    assert [(rule.side, rule.source, rule.target) for rule in found] == [
        ("out", "data-analyst-worker", target)
    ]


def test_clients_open_the_page_and_nothing_else(ground: Ground) -> None:
    found = [rule for rule in rules(network(ground, VARIANTS["clients"])) if rule.source == "10.9.0.0/16"]
    assert [(rule.side, rule.target, rule.port) for rule in found] == [
        ("in", "load balancer of the page", "tcp 80")
    ]


def test_with_a_certificate_the_page_is_https_only(ground: Ground) -> None:
    certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-aaaa"
    found = rules(network(ground, {"certificate_arn": certificate}))
    assert {rule.port for rule in found if rule.target == "load balancer of the page"} == {"tcp 443"}


def test_without_a_bastion_nobody_is_left_who_tunnels(ground: Ground) -> None:
    templates = ground(**VARIANTS["without bastion"])
    assert "analyst-access" not in templates
    assert "tunnel" not in printed(templates["analyst-network"])


def test_no_group_is_unused(ground: Ground) -> None:
    for options in VARIANTS.values():
        template = network(ground, options)
        groups = resources(template, "AWS::EC2::SecurityGroup").values()
        spoken = {party for rule in rules(template) for party in (rule.source, rule.target)}
        assert {one["GroupDescription"].partition(": ")[2] for one in groups} <= spoken
