"""cdk-nag's rules and cfn-lint on every stack of three sets of options: nothing is left unexplained."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from synthesis import EVERYTHING, OPTION_SETS, PARTS, whole

from documenting.composing import new_app
from options import read_deployment
from pieces import api_log, balancer, database, dead_letters, function, page_task, private_api, rights
from stacks import access, frontend, image

ACCEPTING = (
    access,
    api_log,
    balancer,
    database,
    dead_letters,
    frontend,
    function,
    image,
    page_task,
    private_api,
    rights,
)
"""Where reasons are given."""
UNPROTECTED = {"database_rotation_days": 0, "database_deletion_protection": False}


class Made(NamedTuple):
    """A composed app and the folder of its templates."""

    app: App
    folder: Path
    options: Mapping[str, Any]

    def file(self, part: str) -> Path:
        """The template of a stack."""
        return self.folder / f"analyst-{part}.template.json"


def composed(folder: Path, options: Mapping[str, Any]) -> Made:
    app = new_app(folder)
    whole(app, read_deployment(dict(options), None))
    app.synth()
    return Made(app, folder / "cdk.out", options)


@pytest.fixture(scope="module", params=OPTION_SETS.values(), ids=OPTION_SETS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return composed(tmp_path_factory.mktemp("findings"), request.param)


def found(app: App) -> set[str]:
    """Each finding that nobody has explained, with the path of what it is about."""
    rules = AwsSolutionsChecks(app)
    return {
        f"{one.rule_name.removeprefix('AwsSolutions-')} at {place.construct_path}"
        for stack in app.node.children
        if isinstance(stack, Stack)
        for one in rules.validate_scope(stack).violations
        for place in one.violating_resources
    }


def linted(files: list[Path]) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("cfn-lint")
    return subprocess.run([str(linter), *map(str, files)], capture_output=True, text=True, check=False)


def test_all_seven_stacks_are_looked_at(made: Made) -> None:
    stacks = {one.node.id for one in made.app.node.children if isinstance(one, Stack)}
    assert stacks == {f"analyst-{part}" for part in PARTS}


def test_no_finding_is_unexplained(made: Made) -> None:
    assert found(made.app) == set()


def test_the_linter_finds_nothing(made: Made) -> None:
    """All at once, because starting the linter takes longer than linting."""
    done = linted([made.file(part) for part in PARTS])
    assert (done.returncode, done.stdout) == (0, "")


def test_the_linter_does_find_something(tmp_path: Path) -> None:
    """Warnings as well as errors."""
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": "long"}}
    bad = {"Parameters": {"Unused": {"Type": "String"}}, "Resources": {"Queue": queue}}
    file = tmp_path / "bad.template.json"
    file.write_text(json.dumps(bad), encoding="utf-8")
    done = linted([file])
    assert done.returncode and "W2001" in done.stdout and "E3012" in done.stdout


def test_every_explanation_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without them exactly these are found: none is kept for what is long gone, and the rules do run."""
    for module in ACCEPTING:
        monkeypatch.setattr(module, "accept", lambda construct, reasons: None)
    names = {
        one.partition(" at ")[0]
        for options in ({}, {**EVERYTHING, **UNPROTECTED})
        for one in found(composed(tmp_path / str(len(options)), options).app)
    }
    assert {name for name in names if not name.startswith("IAM5")} == {
        "APIG3",
        "APIG4",
        "APIG6",
        "CB4",
        "COG4",
        "EC28",
        "EC29",
        "ECS2",
        "ECS4",
        "ELB2",
        "L1",
        "RDS10",
        "RDS11",
        "RDS3",
        "SMG4",
        "SQS3",
    }
    assert "IAM5[Resource::*]" in names


def test_every_module_that_gives_reasons_is_known() -> None:
    cdk = Path(access.__file__).parents[1]
    giving = {
        file.stem
        for folder in ("stacks", "pieces")
        for file in (cdk / folder).glob("*.py")
        if "import accept\n" in file.read_text(encoding="utf-8")
    }
    assert giving == {module.__name__.rpartition(".")[2] for module in ACCEPTING}


def test_the_security_rules_do_find_something(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    s3.Bucket(Stack(app, "open"), "Bucket")
    app.synth()
    assert "S10" in {one.partition(" at ")[0] for one in found(app)}


def test_nothing_runs_at_deployment_and_nothing_knows_an_account(made: Made) -> None:
    given = {text for text in ("123456789012",) if text in json.dumps(made.options)}
    for part in PARTS:
        template = json.loads(made.file(part).read_text(encoding="utf-8"))
        kinds = {one["Type"] for one in template["Resources"].values()}
        assert not {kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))}
        assert "AWS::CDK::Metadata" not in kinds
        stack = made.app.node.find_child(f"analyst-{part}")
        assert isinstance(stack, Stack)
        assert stack.environment == "aws://unknown-account/unknown-region"
        assert given or "123456789012" not in json.dumps(template)
        assert part not in ("network", "data", "access") or "AWS::Lambda::Function" not in kinds


def test_the_same_options_in_another_order_give_the_same_templates(made: Made, tmp_path: Path) -> None:
    again = composed(tmp_path, dict(reversed(list(made.options.items()))))
    for part in PARTS:
        assert again.file(part).read_text() == made.file(part).read_text()
