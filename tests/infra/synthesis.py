"""Templates as `cdk synth` makes them: the same flags, no account, no cloud."""

from __future__ import annotations

import importlib.util
import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from aws_cdk import App

from deployment import Deployment
from options import read_deployment
from stacks.access import AccessStack
from stacks.data import DataStack
from stacks.network import NetworkStack

CDK = Path(__file__).parents[2] / "cdk"
Template = Mapping[str, Any]
Templates = Mapping[str, Template]
Compose = Callable[[App, Deployment], object]

ENDPOINTS: Mapping[str, Any] = {"egress": "endpoints"}
EXISTING: Mapping[str, Any] = {
    "vpc_id": "vpc-0123456789abcdef0",
    "availability_zones": ["eu-central-1a", "eu-central-1b"],
    "private_subnet_ids": ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"],
    "isolated_subnet_ids": ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"],
}
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:warehouse-AbCdEf"
WAREHOUSE: Mapping[str, Any] = {
    "name": "warehouse",
    "engine": "redshift",
    "address": "warehouse.example.com:5439",
    "database": "dwh",
    "secret_arn": SECRET,
    "security_group_id": "sg-0123456789abcdef0",
}
LAKE: Mapping[str, Any] = {
    "name": "lake",
    "engine": "athena",
    "glue_databases": ["lake"],
    "data_buckets": ["lake"],
}


def flags() -> dict[str, Any]:
    """The feature flags of `cdk.json`."""
    context = json.loads((CDK / "cdk.json").read_text(encoding="utf-8"))["context"]
    return {key: value for key, value in context.items() if key.startswith("@")}


@cache
def app_module() -> ModuleType:
    """`cdk/app.py` under a name of its own: the page has an `app`, too."""
    spec = importlib.util.spec_from_file_location("cdk_app", CDK / "app.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def whole(app: App, deployment: Deployment) -> None:
    """Every stack."""
    app_module().compose(app, deployment)


def groundwork(app: App, deployment: Deployment) -> None:
    """The stacks the others stand on, without their code and layers: network, data and access."""
    network = NetworkStack(app, f"{deployment.name}-network", deployment=deployment)
    DataStack(app, f"{deployment.name}-data", deployment=deployment, network=network)
    if deployment.bastion:
        AccessStack(app, f"{deployment.name}-access", deployment=deployment, network=network)


def new_app(folder: Path) -> App:
    """An app as the CDK's command line would start it, writing into this folder, with layers that hold nothing."""
    context = {
        **flags(),
        "layers": str(_empty_layers(folder / "layers")),
        "aws:cdk:disable-asset-staging": True,
    }
    return App(context=context, analytics_reporting=False, outdir=str(folder / "cdk.out"))


def _empty_layers(folder: Path) -> Path:
    for platform in ("arm64-3.12", "arm64-3.13", "x86_64-3.11", "x86_64-3.12", "x86_64-3.13"):
        for layer in ("base", "data", "minilm"):
            python = folder / platform / layer / "python"
            python.mkdir(parents=True, exist_ok=True)
            (python / "empty.txt").write_text(f"{platform} {layer}", encoding="utf-8")
    return folder


def synthesized(compose: Compose, options: Mapping[str, Any]) -> Templates:
    """The templates by stack id."""
    with tempfile.TemporaryDirectory() as folder:
        app = new_app(Path(folder))
        compose(app, read_deployment(dict(options), None))
        return {stack.stack_name: cast(Template, stack.template) for stack in app.synth().stacks}


def resources(template: Template, kind: str) -> dict[str, Any]:
    """The properties of every resource of that type, by logical id."""
    return {
        name: one.get("Properties", {}) for name, one in template["Resources"].items() if one["Type"] == kind
    }
