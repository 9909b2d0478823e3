"""cdk-nag's rules and cfn-lint on the functions, the image, the page and the watch: nothing is left unexplained."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aws_cdk import App, Stack
from cdk_nag import AwsSolutionsChecks
from synthesis import LAKE, WAREHOUSE, new_app, whole

from options import read_deployment
from pieces import api_log, balancer, dead_letters, function, page_task, private_api, rights
from stacks import frontend, image

STACKS = ("backend", "image", "frontend", "observe")
FULL: dict[str, Any] = {
    "sources": [WAREHOUSE, LAKE],
    "models": {"sql": "eu.anthropic.sql-v1:0", "words": "global.anthropic.words-v1:0"},
    "start": "provisioned",
    "database_proxy": True,
    "alarm_email": "team@example.com",
    "monthly_budget_usd": 300,
}


class Made(NamedTuple):
    """A composed app and the folder of its templates."""

    app: App
    folder: Path
    options: Mapping[str, Any]


def composed(folder: Path, options: Mapping[str, Any]) -> Made:
    app = new_app(folder)
    whole(app, read_deployment(dict(options), None))
    app.synth()
    return Made(app, folder / "cdk.out", options)


@pytest.fixture(scope="module", params=[{}, FULL], ids=["default", "full"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return composed(tmp_path_factory.mktemp("findings"), request.param)


def found(app: App) -> set[str]:
    """Each finding on these stacks that nobody has explained, with the path of what it is about."""
    rules = AwsSolutionsChecks(app)
    return {
        f"{one.rule_name} at {place.construct_path}"
        for stack in app.node.children
        if stack.node.id.rpartition("-")[2] in STACKS
        for one in rules.validate_scope(stack).violations
        for place in one.violating_resources
    }


def test_no_finding_is_unexplained(made: Made) -> None:
    assert found(made.app) == set()


def test_every_explanation_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them exactly these are found: none is kept for what is long gone, and the rules do run."""
    for module in (
        api_log,
        balancer,
        dead_letters,
        function,
        page_task,
        private_api,
        rights,
        frontend,
        image,
    ):
        monkeypatch.setattr(module, "accept", lambda construct, reasons: None)
    names = {
        one.partition(" ")[0].removeprefix("AwsSolutions-") for one in found(composed(tmp_path, FULL).app)
    }
    assert {name for name in names if not name.startswith("IAM5")} == {
        "APIG3",
        "APIG4",
        "APIG6",
        "CB4",
        "COG4",
        "ECS2",
        "ECS4",
        "ELB2",
        "L1",
        "SMG4",
        "SQS3",
    }
    assert "IAM5[Resource::*]" in names


def test_templates_are_right_for_cloudformation(made: Made) -> None:
    """All at once, because starting the linter takes longer than linting."""
    templates = [str(made.folder / f"analyst-{name}.template.json") for name in STACKS]
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([str(linter), *templates], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("name", STACKS)
def test_nothing_runs_at_deployment_and_nothing_knows_an_account(made: Made, name: str) -> None:
    template = json.loads((made.folder / f"analyst-{name}.template.json").read_text(encoding="utf-8"))
    kinds = {one["Type"] for one in template["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))}
    stack = made.app.node.find_child(f"analyst-{name}")
    assert isinstance(stack, Stack)
    assert stack.environment == "aws://unknown-account/unknown-region"


def test_the_same_options_give_the_same_templates(made: Made, tmp_path: Path) -> None:
    again = composed(tmp_path, made.options)
    for name in STACKS:
        file = f"analyst-{name}.template.json"
        assert (again.folder / file).read_text() == (made.folder / file).read_text()
