"""The page's image: what goes into it, how it is built, and what the build may do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from synthesis import Template, Templates, resources

from deployment import Deployment
from stacks.image import BUILD_SPEC, ImageStack

Synthesize = Callable[..., Templates]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def image(synthesize: Synthesize) -> Template:
    return synthesize()["analyst-image"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that CodeBuild is given."""
    folder = tmp_path_factory.mktemp("image")
    app = App(outdir=str(folder), analytics_reporting=False)
    ImageStack(app, "s", deployment=Deployment())
    (found,) = folder.glob("asset.*")
    return found


def test_the_source_is_what_the_dockerfile_copies_and_no_more(source: Path) -> None:
    files = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    roots = ("streamlit/", "code/analyst/", "requirements/page.txt", BUILD_SPEC)
    assert {file for file in files if not file.startswith(roots)} == set()
    assert {"streamlit/Dockerfile", "streamlit/app.py", "code/analyst/client.py"} <= files
    assert {"streamlit/.streamlit/config.toml", "requirements/page.txt", BUILD_SPEC} <= files


def test_neither_local_parts_nor_what_tools_leave_are_in_it(source: Path) -> None:
    assert not (source / "code" / "analyst" / "local").exists()
    assert not (source / "code" / "analyst" / "cli").exists()
    left = [path for path in source.rglob("*") if path.name.endswith((".pyc", "_cache", "__pycache__"))]
    assert left == []


def test_whatever_the_dockerfile_copies_is_there(source: Path) -> None:
    lines = (source / "streamlit" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    assert copied and all((source / path).exists() for path in copied)


def test_the_tag_is_the_sources_and_the_processors(synthesize: Synthesize, source: Path) -> None:
    hash = source.name.removeprefix("asset.")
    assert synthesize()["analyst-image"]["Outputs"]["ImageTag"]["Value"] == f"{hash}-arm64"
    other = synthesize(architecture="x86_64", python="3.13", worker_concurrency=3)["analyst-image"]
    assert other["Outputs"]["ImageTag"]["Value"] == f"{hash}-x86_64"


def test_images_are_scanned_never_overwritten_and_few(image: Template) -> None:
    (repository,) = resources(image, "AWS::ECR::Repository").values()
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["ImageTagMutability"] == "IMMUTABLE"
    assert "EmptyOnDelete" not in repository or repository["EmptyOnDelete"] is False
    (rule,) = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
    assert rule["selection"]["countNumber"] == 10


@pytest.mark.parametrize(
    "options, kind",
    [
        ({}, "ARM_CONTAINER"),
        ({"architecture": "x86_64", "python": "3.13", "worker_concurrency": 3}, "LINUX_CONTAINER"),
    ],
)
def test_it_is_built_on_the_processor_that_runs_it(
    synthesize: Synthesize, options: dict[str, Any], kind: str
) -> None:
    (project,) = resources(synthesize(**options)["analyst-image"], "AWS::CodeBuild::Project").values()
    assert project["Environment"]["Type"] == kind
    assert project["Environment"]["PrivilegedMode"] is True
    assert project["Source"]["BuildSpec"] == BUILD_SPEC


def test_the_build_has_what_its_steps_name(image: Template) -> None:
    (project,) = resources(image, "AWS::CodeBuild::Project").values()
    given = {one["Name"]: one["Value"] for one in project["Environment"]["EnvironmentVariables"]}
    steps = (ROOT / BUILD_SPEC).read_text(encoding="utf-8")
    assert set(given) == {"REGISTRY", "REPOSITORY", "TAG"}
    assert all(f"${name}" in steps for name in given)
    assert given["TAG"] == image["Outputs"]["ImageTag"]["Value"]
    assert "docker build" in steps and steps.index("docker build") < steps.index("docker push")


def test_the_build_reads_one_source_and_pushes_to_one_repository(image: Template) -> None:
    (role,) = resources(image, "AWS::IAM::Role").values()
    (policy,) = role["Policies"]
    rights = {one["Sid"]: one for one in policy["PolicyDocument"]["Statement"]}
    assert set(rights) == {"ReadSource", "FindSource", "SignInToRegistry", "PushImage", "WriteLog"}
    (repository_id,) = resources(image, "AWS::ECR::Repository")
    assert rights["PushImage"]["Resource"] == {"Fn::GetAtt": [repository_id, "Arn"]}
    assert str(rights["ReadSource"]["Resource"]).endswith(".zip']]}")
    wide = [sid for sid, one in rights.items() if one["Resource"] == "*"]
    assert wide == ["SignInToRegistry"]
    assert rights["SignInToRegistry"]["Action"] == "ecr:GetAuthorizationToken"


def test_with_an_image_of_ones_own_nothing_is_built(synthesize: Synthesize) -> None:
    uri = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/pages/analyst:1"
    assert "analyst-image" not in synthesize(ui_image_uri=uri)


def test_outputs(image: Template) -> None:
    keys = {key for key in image["Outputs"] if not key.startswith("Export")}
    assert keys == {"RepositoryUri", "BuildProject", "ImageTag"}
