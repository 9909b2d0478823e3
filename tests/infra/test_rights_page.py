"""docs/rights.md: as the templates are, every role on it, every wildcard with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from synthesis import Templates, resources

from documenting import rights_page
from pieces import rights

PAGE = Path(__file__).parents[2] / "docs" / "rights.md"


@pytest.fixture(scope="module")
def page() -> str:
    return rights_page.text()


def rows(page: str) -> list[list[str]]:
    """The cells of every right."""
    lines = (line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| right |"))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_the_page_is_up_to_date(page: str) -> None:
    assert PAGE.read_text(encoding="utf-8") == page, "docs/rights.md is out of date; run: make docs"


def test_every_role_and_every_action_is_on_the_page(page: str, synthesize: Callable[..., Templates]) -> None:
    for stack, template in synthesize().items():
        section = page.partition(f"## {stack}\n")[2].partition("\n## ")[0]
        roles = resources(template, "AWS::IAM::Role")
        assert len(re.findall(r"^Assumed by|\. Assumed by", section, re.MULTILINE)) == len(roles), stack
        assert {re.sub(r"[0-9A-F]{8}$", "", role) for role in roles} == set(
            re.findall(r"^### (\w+)$", section, re.MULTILINE)
        )
        policies = [
            *(policy for role in roles.values() for policy in role.get("Policies", [])),
            *resources(template, "AWS::IAM::Policy").values(),
        ]
        statements = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
        assert len(rows(section)) == len(statements)
        for one in statements:
            actions = one["Action"] if isinstance(one["Action"], list) else [one["Action"]]
            assert ", ".join(f"`{action}`" for action in actions) in section


def test_no_token_is_left(page: str) -> None:
    assert not re.search(r"Fn::|\$\{|AWS::(?!SecretsManager-)|Token\[|ExportsOutput|[0-9a-f]{64}", page)


def test_a_reason_stands_where_a_wildcard_is_allowed_and_nowhere_else(page: str) -> None:
    for right, _, on, why in rows(page):
        assert bool(why) == ("*" in on and "**denied**" not in right), right


def test_a_reason_is_that_of_its_own_right(page: str) -> None:
    """Several rights of a role are on everything, each for a reason of its own."""
    told = {row[0]: row[3] for row in rows(page)}
    assert told["WriteTraces"].startswith("X-Ray") and told["JoinVpc"].startswith("Lambda makes")
    assert told["SignInToRegistry"].startswith("ECR") and told["Sessions"].startswith("AWS lets none")


def test_a_wildcard_without_a_reason_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "accept", lambda construct, reasons: None)
    with pytest.raises(ValueError, match="Nobody says why"):
        rights_page.text()
