"""deploy.sh deploy, redeploy, diff, build-layers: the order of things, and what is said when one fails."""

from __future__ import annotations

import pytest
from script_desk import Desk

FIRST = ["analyst-network", "analyst-data", "analyst-backend", "analyst-image"]
THEN = ["analyst-frontend", "analyst-access", "analyst-observe"]
NO_IMAGE = "An error occurred (ImageNotFoundException) when calling the DescribeImages operation: not found"


def deployed(desk: Desk) -> list[list[str]]:
    """The stacks of each `cdk deploy`."""
    return [
        [word for word in call if word.startswith("analyst-")]
        for call in desk.calls("cdk")
        if call[1] == "deploy"
    ]


def test_a_first_deployment(desk: Desk) -> None:
    desk.nothing_deployed()
    (desk.folder / "layers_built").unlink()
    desk.answer(
        "ssm/get-parameter.cdk_bootstrap_hnb659fds_version", "(ParameterNotFound) when calling GetParameter"
    )
    desk.answer("ecr/describe-images", NO_IMAGE)
    for kind in ("sources", "models", "policies"):
        desk.answer(f"ssm/get-parameter.analyst_{kind}", "An error occurred (ParameterNotFound) when calling")
    done = desk.run("deploy.sh", "deploy")
    assert (done.returncode, done.stderr) == (0, "")
    order = [
        c["tool"]
        for c in desk.log
        if c["tool"] in ("prepare", "layers", "cdk") and c["args"] != ["--version"]
    ]
    assert order[:4] == ["prepare", "layers", "layers", "cdk"]
    bootstrap = next(call for call in desk.log if call["args"][:1] == ["bootstrap"])
    assert bootstrap["args"] == ["bootstrap", "aws://123456789012/eu-west-1"]
    assert not bootstrap["cwd"].startswith(str(desk.project))
    assert deployed(desk) == [FIRST, THEN]
    start = desk.calls("start-build")[0]
    assert "name=TAG,value=0a1b2c3d4e5f,type=PLAINTEXT" in start
    for words in ("PROVISIONING", "BUILD", "COMPLETED", "within a minute", "./ssh_tunnel.sh --open"):
        assert words in done.stdout
    assert len(desk.calls("put-parameter")) == 3


def test_what_is_done_already_is_left(desk: Desk) -> None:
    (desk.folder / "no_changes").touch()
    done = desk.run("deploy.sh", "deploy")
    assert done.returncode == 0, done.stderr
    assert {call[1] for call in desk.changes} == {"deploy"}
    assert "Nothing to configure" in done.stdout
    assert not desk.calls("layers", "--architecture", "arm64") or desk.calls("layers", "--check")


def test_the_options_file_reaches_the_cdk(desk: Desk) -> None:
    own = desk.folder / "own.json"
    own.write_text(
        '{"bastion": false, "ui_image_uri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/page:1"}'
    )
    done = desk.run("deploy.sh", "--options", "own.json", "deploy")
    assert done.returncode == 0, done.stderr
    assert deployed(desk) == [FIRST[:3], ["analyst-frontend", "analyst-observe"]]
    assert all(f"options={own}" in call for call in desk.calls("cdk") if call[1] == "deploy")
    assert desk.calls("start-build") == []


def test_from_another_folder_through_a_link(desk: Desk) -> None:
    link = desk.folder / "elsewhere" / "go"
    link.parent.mkdir()
    link.symlink_to(desk.project / "deploy.sh")
    (desk.project / "go").symlink_to(link)
    done = desk.run("go", "redeploy", cwd=link.parent)
    assert done.returncode == 0, done.stderr


def test_a_stack_that_fails(desk: Desk) -> None:
    desk.answer("cdk/deploy.analyst_backend", "analyst-backend failed: resource limit exceeded")
    desk.stack("analyst-backend", "UPDATE_ROLLBACK_COMPLETE")
    done = desk.run("deploy.sh", "deploy")
    assert done.returncode == 1
    assert "resource limit exceeded" in done.stdout
    assert done.stderr.count("\n") == 1
    assert "analyst-backend UPDATE_ROLLBACK_COMPLETE" in done.stderr
    assert "run ./deploy.sh deploy again" in done.stderr
    assert desk.calls("start-build") == []


def test_layers_that_cannot_be_built(desk: Desk) -> None:
    (desk.folder / "layers_built").unlink()
    (desk.folder / "layers_fail").touch()
    done = desk.run("deploy.sh", "deploy")
    assert done.returncode == 1
    assert "Nothing was changed in AWS." in done.stderr
    assert desk.changes == []


def test_an_image_build_that_fails(desk: Desk) -> None:
    desk.answer("ecr/describe-images", NO_IMAGE)
    failed = {"id": "analyst-page:b1", "buildStatus": "FAILED", "currentPhase": "COMPLETED"}
    failed["logs"] = {"groupName": "/analyst/image-build", "streamName": "b1"}  # type: ignore[assignment]
    desk.answer("codebuild/batch-get-builds", {"builds": [failed]})
    done = desk.run("deploy.sh", "deploy")
    assert done.returncode == 1
    assert "ERROR: no space left" in done.stdout
    assert "./view_logs.sh build" in done.stderr
    assert deployed(desk) == [FIRST]


def test_ctrl_c_says_what_state_things_are_in(desk: Desk) -> None:
    desk.answer("ecr/describe-images", NO_IMAGE)
    (desk.folder / "sleep_long").touch()
    process = desk.start("deploy.sh", "deploy")
    desk.wait_for("sleep")
    out, err = desk.interrupt(process)
    assert process.returncode == 130, out + err
    assert "Interrupted while building the page's image" in err
    assert "analyst-data UPDATE_COMPLETE" in err


def test_redeploy_is_code_only(desk: Desk) -> None:
    done = desk.run("deploy.sh", "redeploy")
    assert done.returncode == 0, done.stderr
    assert deployed(desk) == [["analyst-backend", "analyst-image"], ["analyst-frontend"]]
    assert "The new code is deployed." in done.stdout


def test_redeploy_without_a_change_says_so(desk: Desk) -> None:
    (desk.folder / "no_changes").touch()
    done = desk.run("deploy.sh", "redeploy")
    assert "Nothing has changed since the last deployment." in done.stdout


def test_redeploy_of_nothing(desk: Desk) -> None:
    desk.nothing_deployed()
    done = desk.run("deploy.sh", "redeploy")
    assert (done.returncode, desk.changes) == (1, [])
    assert done.stderr.startswith("Nothing of analyst is deployed in eu-west-1")


def test_diff_changes_nothing(desk: Desk) -> None:
    desk.options(row_limit=500)
    done = desk.run("deploy.sh", "diff")
    assert done.returncode == 0, done.stderr
    assert desk.calls("cdk", "diff")
    assert '-  "row_limit": 1000000' in done.stdout
    assert '+  "row_limit": 500' in done.stdout
    assert desk.changes == []


def test_build_layers_for_the_options_platform(desk: Desk) -> None:
    desk.options(architecture="x86_64", python="3.13", embedder="minilm")
    done = desk.run("deploy.sh", "build-layers")
    assert done.returncode == 0, done.stderr
    assert desk.calls("layers") == [
        ["layers", "--architecture", "x86_64", "--python", "3.13", "--with-minilm"]
    ]
    assert desk.calls("aws") == []


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({"rds_bundle": "https://mirror.example.com/b"}, ["--rds-bundle", "https://mirror.example.com/b"]),
        ({"rds_bundle": "/a copy.pem"}, ["--rds-bundle", "/a copy.pem"]),
        ({"database_tls": "require"}, ["--without-rds"]),
        ({"database_tls": "require", "rds_bundle": "/copy.pem"}, ["--without-rds"]),
    ],
)
def test_the_build_is_told_where_the_authorities_of_rds_are(
    desk: Desk, options: dict[str, str], arguments: list[str]
) -> None:
    desk.options(**options)
    assert desk.run("deploy.sh", "build-layers").returncode == 0
    assert [call[5:] for call in desk.calls("layers")] == [arguments]


def test_help_of_all_and_of_each(desk: Desk) -> None:
    said = desk.run("deploy.sh", "--help").stdout
    for command in [
        "deploy",
        "redeploy",
        "destroy",
        "status",
        "configure",
        "build-layers",
        "cleanup",
        "check",
        "diff",
    ]:
        assert f"  {command} " in said
        one = desk.run("deploy.sh", command, "--help")
        assert one.returncode == 0
        assert one.stdout.startswith("Usage: ./deploy.sh")
        assert "Exit codes:" in one.stdout
    assert desk.log == []


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ("dploy",),
        ("deploy", "check"),
        ("--quick", "deploy"),
        ("deploy", "--options"),
        ("deploy", "--json"),
    ],
)
def test_wrong_usage(desk: Desk, wrong: tuple[str, ...]) -> None:
    done = desk.run("deploy.sh", *wrong)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert desk.log == []
