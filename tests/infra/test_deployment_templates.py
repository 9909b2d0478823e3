"""What holds for every template of the ground the product stands on, whatever the options."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks
from synthesis import ENDPOINTS, EXISTING, LAKE, WAREHOUSE, Templates, groundwork, new_app, synthesized

from deployment import Deployment
from options import read_deployment
from pieces import database
from stacks import access

Ground = Callable[..., Templates]
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "default": {"tags": {"team": "data"}},
    "endpoints": {
        **ENDPOINTS,
        "database_proxy": True,
        "database_multi_az": True,
        "sources": [WAREHOUSE, LAKE],
        "ui_client_cidrs": ["10.9.0.0/16"],
    },
    "existing": {**EXISTING, "database_rotation_days": 0, "database_deletion_protection": False},
}


def findings(folder: Path) -> list[tuple[str, str, list[str]]]:
    """What the plugins reported: plugin, rule, and where."""
    report = folder / "cdk.out" / "validation-report.json"
    if not report.exists():
        return []
    return [
        (
            plugin["pluginName"],
            one["ruleName"],
            [each["constructPath"] for each in one["violatingConstructs"]],
        )
        for plugin in json.loads(report.read_text(encoding="utf-8"))["pluginReports"]
        for one in plugin.get("violations", [])
    ]


def checked(folder: Path, compose: Callable[[App], object]) -> list[tuple[str, str, list[str]]]:
    app = new_app(folder)
    compose(app)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    try:
        app.synth()
    except RuntimeError:
        # The engine says that it failed, and the report why.
        assert findings(folder)
    return findings(folder)


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_no_security_finding_without_a_reason(tmp_path: Path, options: Mapping[str, Any]) -> None:
    deployment = read_deployment(dict(options), None)
    assert checked(tmp_path, lambda app: groundwork(app, deployment)) == []


def test_every_reason_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the reasons exactly these are found; so none is kept for a finding that is long gone."""
    for module in (database, access):
        monkeypatch.setattr(module, "accept", lambda construct, reasons: None)
    options = {"database_rotation_days": 0, "database_deletion_protection": False}
    found = checked(tmp_path, lambda app: groundwork(app, read_deployment(options, None)))
    rules = {rule.removeprefix("AwsSolutions-") for _, rule, _ in found}
    assert rules == {"EC28", "EC29", "IAM5[Resource::*]", "RDS3", "RDS10", "RDS11", "SMG4"}


def test_the_security_rules_do_find_something(tmp_path: Path) -> None:
    found = checked(tmp_path, lambda app: s3.Bucket(Stack(app, "open"), "Bucket"))
    assert "AwsSolutions-S10" in {rule for _, rule, _ in found}


def test_the_linter_finds_nothing(ground: Ground, tmp_path: Path) -> None:
    """All at once, because starting the linter takes longer than linting."""
    for variant, options in VARIANTS.items():
        for name, template in ground(**options).items():
            text = json.dumps(template, indent=1)
            (tmp_path / f"{variant}-{name}.template.json").write_text(text, encoding="utf-8")
    linter = Path(sys.executable).with_name("cfn-lint")
    command = [str(linter), *sorted(map(str, tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_the_same_options_give_the_same_templates(ground: Ground, options: Mapping[str, Any]) -> None:
    other_order = dict(reversed(list(options.items())))
    again = synthesized(groundwork, other_order)
    assert json.dumps(again, sort_keys=True) == json.dumps(ground(**options), sort_keys=True)


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_nothing_runs_at_deployment_and_nothing_names_an_account(
    ground: Ground, options: Mapping[str, Any]
) -> None:
    for template in ground(**options).values():
        kinds = {one["Type"] for one in template["Resources"].values()}
        assert not [kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))]
        assert "AWS::Lambda::Function" not in kinds
        assert "AWS::CDK::Metadata" not in kinds
        assert "123456789012" not in json.dumps(template)


def test_the_name_begins_every_stack(ground: Ground) -> None:
    assert set(ground(name="second")) == {"second-network", "second-data", "second-access"}
    assert Deployment().name == "analyst"
