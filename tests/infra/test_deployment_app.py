"""All stacks together, as `cdk synth` starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from synthesis import ENDPOINTS, EXISTING, LAKE, WAREHOUSE, Templates, synthesized, whole
from talking import rules

from documenting.composing import CDK, flags

Synthesize = Callable[..., Templates]
ALWAYS = {"network", "data", "backend", "frontend", "observe"}
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "everything": {**ENDPOINTS, "database_proxy": True, "sources": [WAREHOUSE, LAKE], "start": "snapstart"},
    "existing": {**EXISTING, "ui_image_uri": "registry.example.com/page:1", "bastion": False},
}


@pytest.mark.parametrize(
    ("options", "more"),
    [({}, {"image", "access"}), (VARIANTS["existing"], set())],
    ids=["default", "own image, no bastion"],
)
def test_the_stacks_that_the_options_ask_for(
    synthesize: Synthesize, options: Mapping[str, Any], more: set[str]
) -> None:
    assert set(synthesize(**options)) == {f"analyst-{each}" for each in ALWAYS | more}


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_all_walls_stand_in_the_network(
    synthesize: Synthesize, ground: Synthesize, options: Mapping[str, Any]
) -> None:
    """Several constructs would open a way by themselves; here none does."""
    templates = synthesize(**options)
    assert rules(templates["analyst-network"]) == rules(ground(**options)["analyst-network"])
    for name, template in templates.items():
        kinds = {one["Type"] for one in template["Resources"].values()}
        if name != "analyst-network":
            assert not [kind for kind in kinds if kind.startswith("AWS::EC2::SecurityGroup")], name


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS)
def test_no_custom_resource_in_any_stack(synthesize: Synthesize, options: Mapping[str, Any]) -> None:
    for template in synthesize(**options).values():
        kinds = {one["Type"] for one in template["Resources"].values()}
        assert not [kind for kind in kinds if kind.startswith(("Custom::", "AWS::CloudFormation::"))]


def test_the_same_options_give_the_same_templates(synthesize: Synthesize) -> None:
    options = VARIANTS["everything"]
    again = synthesized(whole, options)
    assert json.dumps(again, sort_keys=True) == json.dumps(synthesize(**options), sort_keys=True)


def test_tags_are_put_on_what_can_carry_them(synthesize: Synthesize) -> None:
    tagged = [
        one["Type"]
        for template in synthesize(tags={"team": "data"}).values()
        for one in template["Resources"].values()
        if {"Key": "team", "Value": "data"} in _tags(one)
    ]
    assert {"AWS::EC2::VPC", "AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::Lambda::Function"} <= set(
        tagged
    )


def _tags(resource: Mapping[str, Any]) -> list[Any]:
    tags = resource.get("Properties", {}).get("Tags", [])
    return tags if isinstance(tags, list) else []


def started(tmp_path: Path, **context: Any) -> subprocess.CompletedProcess[str]:
    """`cdk/app.py` with the context that the CDK's command line would hand it."""
    environment = {
        **os.environ,
        "CDK_CONTEXT_JSON": json.dumps({**flags(), "layers": str(tmp_path / "none"), **context}),
        "CDK_OUTDIR": str(tmp_path / "out"),
        # An older Node makes the engine say so on stderr, which is not what is looked at here.
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20,22,24",
    }
    command = [sys.executable, "app.py"]
    return subprocess.run(command, cwd=CDK, env=environment, capture_output=True, text=True, check=False)


def test_a_wrong_option_is_a_sentence_and_exit_code_2(tmp_path: Path) -> None:
    done = started(tmp_path, deployment={"nmae": "x"})
    assert (done.returncode, done.stderr) == (2, "nmae: there is no such option; did you mean name?\n")
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_missing_layers_are_a_sentence_and_exit_code_2(tmp_path: Path) -> None:
    done = started(tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "build-layers" in done.stderr


def test_the_name_begins_every_stack(ground: Synthesize) -> None:
    assert set(ground(name="second")) == {"second-network", "second-data", "second-access"}
