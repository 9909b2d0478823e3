"""deploy.sh configure and status: what is in force, and how it is changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from script_desk import Desk

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf"
SOURCE = {
    "name": "shop",
    "engine": "postgres",
    "address": "10.0.9.9:5432",
    "database": "shop",
    "secret_arn": SECRET,
    "security_group_id": "sg-0123456789abcdef0",
}
BUCKET = "analyst-data-bucket83908e77-1x2y3z"
MODELS = ["global.anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon.nova-pro-v1:0"]


def grant(desk: Desk, **more: Any) -> None:
    granted = {
        "addresses": ["10.0.9.9:5432"],
        "secrets": [SECRET],
        "models": MODELS,
        "embedding": ["amazon.titan-embed-text-v2:0"],
        "security_groups": ["sg-0123456789abcdef0"],
        **more,
    }
    desk.answer("ssm/get-parameter.analyst_granted", {"Parameter": {"Value": json.dumps(granted)}})


def parameter(desk: Desk, kind: str) -> Any:
    path = desk.folder / "answers" / "ssm" / f"get-parameter.analyst_{kind}.json"
    return json.loads(json.loads(path.read_text())["Parameter"]["Value"])


def test_nothing_changed(desk: Desk) -> None:
    done = desk.run("deploy.sh", "configure")
    assert done.returncode == 0, done.stderr
    assert "Nothing to configure" in done.stdout
    assert desk.changes == []


def test_a_change_is_shown_written_and_kept(desk: Desk) -> None:
    desk.options(sources=[SOURCE], models={"sql": MODELS[1], "few_shot": False})
    grant(desk)
    done = desk.run("deploy.sh", "configure")
    assert done.returncode == 0, done.stderr
    assert f'+  "sql": "{MODELS[1]}"' in done.stdout
    assert "within a minute" in done.stdout
    assert parameter(desk, "models") == {
        "sql": MODELS[1],
        "words": MODELS[1],
        "embedding": "amazon.titan-embed-text-v2:0",
        "few_shot": False,
    }
    assert parameter(desk, "sources") == [
        {
            "name": "shop",
            "engine": "postgres",
            "address": "10.0.9.9:5432",
            "database": "shop",
            "secret": SECRET,
            "tls": "require",
        }
    ]
    puts = desk.calls("put-parameter")
    # Sources come last: whoever is answered in between is answered under the policies.
    assert [call[call.index("--name") + 1] for call in puts] == ["/analyst/models", "/analyst/sources"]
    assert all(call[call.index("--tier") + 1] == "Standard" for call in puts)
    kept = sorted(path.name for path in (desk.folder / "objects" / BUCKET / "configuration").iterdir())
    assert len(kept) == 2
    for name in kept:
        content = (desk.folder / "objects" / BUCKET / "configuration" / name).read_bytes()
        assert name.partition("-")[2] == f"{hashlib.sha256(content).hexdigest()[:12]}.json"
    again = desk.run("deploy.sh", "configure")
    assert "Nothing to configure" in again.stdout


def test_a_long_document_goes_to_the_bucket(desk: Desk) -> None:
    many = [{**SOURCE, "name": f"shop{n}", "database": f"shop{n}" * 8} for n in range(20)]
    desk.options(sources=many)
    grant(desk)
    done = desk.run("deploy.sh", "configure")
    assert done.returncode == 0, done.stderr
    place = parameter(desk, "sources")["at"]
    assert place.startswith("configuration/sources-")
    assert len(json.loads((desk.folder / "objects" / BUCKET / place).read_text())) == 20
    assert "Nothing to configure" in desk.run("deploy.sh", "configure").stdout


# --- policies

POLICIES = """[[people]]
aws = "arn:aws:iam::111122223333:role/Analysts"
role = "sales"
[roles.sales.sources.shop]
tables = ["public.*"]
"""


def with_policies(desk: Desk, text: str = POLICIES, **options: Any) -> list[str]:
    """An options file in a folder of its own with policies beside it; the words that name it."""
    folder = desk.folder / "mine"
    folder.mkdir(exist_ok=True)
    (folder / "policies.toml").write_text(text)
    (folder / "options.json").write_text(json.dumps({"policies": "policies.toml", **options}))
    return ["--options", "mine/options.json"]


def test_policies_are_in_force_before_sources(desk: Desk) -> None:
    grant(desk)
    desk.answer("ssm/get-parameter.analyst_sources", {"Parameter": {"Value": "[]"}})
    done = desk.run("deploy.sh", *with_policies(desk, sources=[SOURCE]), "configure")
    assert done.returncode == 0, done.stderr
    puts = desk.calls("put-parameter")
    assert [call[call.index("--name") + 1] for call in puts] == ["/analyst/policies", "/analyst/sources"]
    assert parameter(desk, "policies")["file"] == POLICIES
    assert '+    "[roles.sales.sources.shop]",' in done.stdout
    assert "only the outline" in done.stdout
    again = desk.run("deploy.sh", *with_policies(desk, sources=[SOURCE]), "configure")
    assert "Nothing to configure" in again.stdout


def test_policies_are_read_wholly_where_the_product_is_set_up(desk: Desk) -> None:
    program = desk.project / ".venv" / "bin" / "analyst"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "analyst: In the policies, $* is wrong." >&2\nexit 2\n')
    program.chmod(0o755)
    words = with_policies(desk)
    done = desk.run("deploy.sh", *words, "configure")
    file = desk.folder / "mine" / "policies.toml"
    assert (done.returncode, desk.changes) == (1, [])
    assert done.stderr.startswith(
        f"In the policies, policy check --policy {file} is wrong. Nothing was changed"
    )
    program.write_text("#!/bin/sh\necho 'Policies 1: sales.'\n")
    done = desk.run("deploy.sh", *words, "configure")
    assert done.returncode == 0 and "Policies 1: sales." in done.stdout


def test_policies_with_double_braces_go_to_the_bucket(desk: Desk) -> None:
    """Parameter Store would take them for a reference."""
    done = desk.run("deploy.sh", *with_policies(desk, POLICIES + "# {{1}}\n"), "configure")
    assert done.returncode == 0, done.stderr
    place = parameter(desk, "policies")["at"]
    kept = json.loads((desk.folder / "objects" / BUCKET / place).read_text())
    assert kept["file"] == POLICIES + "# {{1}}\n"


def test_wrong_policies_are_refused_before_anything_is_asked(desk: Desk) -> None:
    done = desk.run("deploy.sh", *with_policies(desk, "[roles"), "configure")
    assert (done.returncode, desk.calls("aws")) == (2, [])
    assert done.stderr.startswith("policies: ") and done.stderr.count("\n") == 1


def test_what_is_not_granted_yet_is_named(desk: Desk) -> None:
    desk.options(sources=[SOURCE])
    grant(desk, secrets=[], models=[])
    done = desk.run("deploy.sh", "configure")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for words in (SECRET, MODELS[0], "run ./deploy.sh deploy"):
        assert words in done.stderr
    assert desk.changes == []


def test_nothing_is_deployed_yet(desk: Desk) -> None:
    desk.nothing_deployed()
    done = desk.run("deploy.sh", "configure")
    assert (done.returncode, desk.changes) == (1, [])
    assert done.stderr.startswith("Nothing of analyst is deployed in eu-west-1: run ./deploy.sh deploy")


def test_a_refused_write_says_what_stays(desk: Desk) -> None:
    desk.options(row_limit=5)
    desk.answer(
        "ssm/put-parameter", "An error occurred (AccessDeniedException) when calling PutParameter: no"
    )
    done = desk.run("deploy.sh", "configure")
    assert done.returncode == 1
    assert "the old policies stay in force" in done.stderr


# --- status


def test_status(desk: Desk) -> None:
    desk.options(row_limit=5)
    done = desk.run("deploy.sh", "status")
    assert done.returncode == 0, done.stderr
    for words in (
        "123456789012",
        "eu-west-1",
        "UPDATE_COMPLETE",
        "2030-02-03T11:12:13.456Z",
        "answers",
        "2 of 2 running",
        "available",
        "analyst-dead-letters",
        "the options say something else",
        "http://internal-analyst-page-1",
        "./ssh_tunnel.sh",
    ):
        assert words in done.stdout
    assert desk.changes == []


def test_status_for_programs(desk: Desk) -> None:
    done = desk.run("deploy.sh", "status", "--json")
    status = json.loads(done.stdout)
    assert status["stacks"]["analyst-data"]["state"] == "UPDATE_COMPLETE"
    assert status["watch"]["dead letters"]["state"] == "3"
    in_force = {"row_limit": 1000000, "timeout_seconds": 60, "time_follows": "today", "fiscal_start": 1}
    assert status["configuration"]["policies"]["in force"] == in_force | {"abstain_below": 0.0}
    assert status["health"]["data-analyst"]["says"] == {"status": "ok", "store": "ok"}


def test_health_is_asked_of_the_live_alias(desk: Desk) -> None:
    desk.options(start="snapstart")
    desk.run("deploy.sh", "status")
    call = desk.calls("invoke")[0]
    assert call[call.index("--qualifier") + 1] == "live"


def test_status_of_what_is_partly_there(desk: Desk) -> None:
    desk.nothing_deployed()
    (desk.folder / "gone").write_text("analyst-network analyst-data")
    done = desk.run("deploy.sh", "status")
    assert done.returncode == 0, done.stderr
    assert "not deployed" in done.stdout
    assert "available" in done.stdout


def test_a_sick_function_is_seen(desk: Desk) -> None:
    desk.answer("lambda/payload.health", {"errorMessage": "Unable to import module", "errorType": "Runtime"})
    done = desk.run("deploy.sh", "status")
    assert "does not answer rightly" in done.stdout
    assert "Unable to import module" in done.stdout


def test_what_cannot_be_asked_is_said(desk: Desk) -> None:
    for name in (
        "ecs/describe-services",
        "rds/describe-db-instances",
        "cloudwatch/describe-alarms",
        "lambda/invoke",
    ):
        desk.answer(name, "An error occurred (AccessDenied) when calling it: not authorized")
    done = desk.run("deploy.sh", "status")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("could not be asked") == 4
