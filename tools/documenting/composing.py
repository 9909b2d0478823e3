"""The stacks as `cdk synth` makes them: the same flags, no account, no cloud, and layers that hold nothing."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from aws_cdk import App

CDK = Path(__file__).parents[2] / "cdk"
PLATFORMS = ("arm64-3.12", "arm64-3.13", "x86_64-3.11", "x86_64-3.12", "x86_64-3.13")
LAYERS = ("base", "data", "minilm")


def flags() -> dict[str, Any]:
    """The feature flags of `cdk.json`."""
    context = json.loads((CDK / "cdk.json").read_text(encoding="utf-8"))["context"]
    return {key: value for key, value in context.items() if key.startswith("@")}


def cdk_module(name: str) -> Any:
    """A module of `cdk/`."""
    if str(CDK) not in sys.path:
        sys.path.append(str(CDK))
    return importlib.import_module(name)


@cache
def app_module() -> ModuleType:
    """`cdk/app.py` under a name of its own: the page has an `app`, too."""
    cdk_module("deployment")
    spec = importlib.util.spec_from_file_location("cdk_app", CDK / "app.py")
    if spec is None or spec.loader is None:
        raise ImportError("cdk/app.py cannot be loaded.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def new_app(folder: Path) -> App:
    """An app as the CDK's command line would start it, writing into this folder."""
    context = {
        **flags(),
        "layers": str(_empty_layers(folder / "layers")),
        "aws:cdk:disable-asset-staging": True,
    }
    return App(context=context, analytics_reporting=False, outdir=str(folder / "cdk.out"))


def _empty_layers(folder: Path) -> Path:
    for platform in PLATFORMS:
        for layer in LAYERS:
            python = folder / platform / layer / "python"
            python.mkdir(parents=True, exist_ok=True)
            (python / "empty.txt").write_text(f"{platform} {layer}", encoding="utf-8")
    (folder / "rds").mkdir(exist_ok=True)
    (folder / "rds" / "global-bundle.pem").write_text("authorities", encoding="utf-8")
    return folder
