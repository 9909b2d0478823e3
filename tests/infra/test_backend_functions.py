"""The three functions: what each is given, where it stands, and how it is called."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from synthesis import CALLS, HOUSE, LAKE, LEDGER, WAREHOUSE, Template, Templates, resources

from deployment import Deployment, OptionsError
from options import read_deployment
from pieces.program import Program
from ways import bundle_needed

Synthesize = Callable[..., Templates]
DATA_ANALYST, WORKER, QUERYBOT = "analyst-data-analyst", "analyst-data-analyst-worker", "analyst-querybot"


@pytest.fixture(scope="module")
def backend(synthesize: Synthesize) -> Template:
    return synthesize()["analyst-backend"]


def functions(template: Template) -> dict[str, Any]:
    found = resources(template, "AWS::Lambda::Function").values()
    return {one["FunctionName"]: one for one in found}


def logical_ids(template: Template) -> dict[str, str]:
    found = resources(template, "AWS::Lambda::Function").items()
    return {one["FunctionName"]: id for id, one in found}


def layers(template: Template, function: Mapping[str, Any]) -> list[str]:
    made = resources(template, "AWS::Lambda::LayerVersion")
    return [made[layer["Ref"]]["Description"] for layer in function["Layers"]]


@pytest.mark.parametrize(
    "name, handler, memory, seconds, environments, disk",
    [
        (DATA_ANALYST, "data-analyst/lambda_function.handler", 1024, 29, 20, 512),
        (WORKER, "data-analyst/lambda_function.handler", 2048, 900, 10, 4096),
        (QUERYBOT, "querybot/lambda_function.handler", 512, 120, 20, 512),
    ],
)
def test_measures(
    backend: Template, name: str, handler: str, memory: int, seconds: int, environments: int, disk: int
) -> None:
    function = functions(backend)[name]
    assert function["Handler"] == handler
    assert (function["MemorySize"], function["Timeout"]) == (memory, seconds)
    assert function["ReservedConcurrentExecutions"] == environments
    assert function["EphemeralStorage"] == {"Size": disk}
    assert function["Runtime"] == "python3.12" and function["Architectures"] == ["arm64"]
    assert function["TracingConfig"] == {"Mode": "Active"}


def test_there_are_three_functions_of_one_code(backend: Template) -> None:
    assert set(functions(backend)) == {DATA_ANALYST, WORKER, QUERYBOT}
    assert len({one["Code"]["S3Key"] for one in functions(backend).values()}) == 1


def test_querybot_stands_outside_the_network_and_the_others_inside(backend: Template) -> None:
    placed = {name: one.get("VpcConfig") for name, one in functions(backend).items()}
    assert placed[QUERYBOT] is None
    walls = [json.dumps(placed[name]["SecurityGroupIds"]) for name in (DATA_ANALYST, WORKER)]
    assert "WallsFunctions" in walls[0] and "WallsWorker" in walls[1]
    for name in (DATA_ANALYST, WORKER):
        assert all("private" in json.dumps(subnet) for subnet in placed[name]["SubnetIds"])


def test_only_what_reaches_data_has_the_layer_of_data(backend: Template) -> None:
    count = {name: len(layers(backend, one)) for name, one in functions(backend).items()}
    assert count == {DATA_ANALYST: 3, WORKER: 3, QUERYBOT: 1}
    assert "every function" in layers(backend, functions(backend)[QUERYBOT])[0]


def test_minilm_is_the_workers_alone(synthesize: Synthesize) -> None:
    template = synthesize(embedder="minilm")["analyst-backend"]
    carrying = [
        name
        for name, one in functions(template).items()
        if any("embedding" in layer for layer in layers(template, one))
    ]
    assert carrying == [WORKER]


def test_options_choose_processor_python_and_numbers(synthesize: Synthesize) -> None:
    template = synthesize(architecture="x86_64", python="3.13", worker_concurrency=3)["analyst-backend"]
    worker = functions(template)[WORKER]
    assert worker["Runtime"] == "python3.13" and worker["Architectures"] == ["x86_64"]
    assert worker["ReservedConcurrentExecutions"] == 3


def test_a_crashed_question_is_tried_once_more_and_then_kept(backend: Template) -> None:
    (config,) = resources(backend, "AWS::Lambda::EventInvokeConfig").values()
    assert config["FunctionName"] == {"Ref": logical_ids(backend)[WORKER]}
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (1, 3600)
    (queue_id,) = resources(backend, "AWS::SQS::Queue")
    assert config["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": [queue_id, "Arn"]}


def test_dead_letters_are_encrypted_kept_and_closed_to_plain_http(backend: Template) -> None:
    (queue,) = resources(backend, "AWS::SQS::Queue").values()
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    (policy,) = resources(backend, "AWS::SQS::QueuePolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Deny" and statement["Action"] == "sqs:*"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_worker_tidies_every_day(backend: Template) -> None:
    (rule,) = resources(backend, "AWS::Events::Rule").values()
    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [logical_ids(backend)[WORKER], "Arn"]}
    assert json.loads(target["Input"]) == {"operation": "tidy"}


def test_plain_functions_have_no_alias(backend: Template) -> None:
    assert not resources(backend, "AWS::Lambda::Alias")
    assert not resources(backend, "AWS::Lambda::Version")


def test_snapstart_is_for_what_people_wait_for(synthesize: Synthesize) -> None:
    template = synthesize(start="snapstart")["analyst-backend"]
    snapped = {name for name, one in functions(template).items() if "SnapStart" in one}
    assert snapped == {DATA_ANALYST, QUERYBOT}
    assert functions(template)[QUERYBOT]["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert _aliased(template) == snapped


def test_provisioned_environments_are_the_aliases(synthesize: Synthesize) -> None:
    template = synthesize(start="provisioned", provisioned_environments=2)["analyst-backend"]
    aliases = resources(template, "AWS::Lambda::Alias").values()
    assert _aliased(template) == {DATA_ANALYST, WORKER, QUERYBOT}
    assert all(
        one["ProvisionedConcurrencyConfig"] == {"ProvisionedConcurrentExecutions": 2} for one in aliases
    )
    configs = list(resources(template, "AWS::Lambda::EventInvokeConfig").values())
    assert [one["MaximumRetryAttempts"] for one in configs] == [1, 1]
    assert sorted("WorkerLive" in str(one["Qualifier"]) for one in configs) == [False, True]


def test_everybody_calls_the_alias_where_there_is_one(synthesize: Synthesize) -> None:
    template = synthesize(start="provisioned", provisioned_environments=2)["analyst-backend"]
    aliases = set(resources(template, "AWS::Lambda::Alias"))
    environment = functions(template)[DATA_ANALYST]["Environment"]["Variables"]
    for variable in ("ANALYST_WORKER", "ANALYST_QUERYBOT"):
        assert any(alias in json.dumps(environment[variable]) for alias in aliases), variable
    for method in resources(template, "AWS::ApiGateway::Method").values():
        assert any(alias in json.dumps(method["Integration"]["Uri"]) for alias in aliases)
    (rule,) = resources(template, "AWS::Events::Rule").values()
    assert rule["Targets"][0]["Arn"]["Ref"] in aliases
    for permission in resources(template, "AWS::Lambda::Permission").values():
        assert permission["FunctionName"].get("Ref") in aliases


def _aliased(template: Template) -> set[str]:
    names = {id: name for name, id in logical_ids(template).items()}
    found = resources(template, "AWS::Lambda::Alias").values()
    assert all(one["Name"] == "live" for one in found)
    return {names[one["FunctionName"]["Ref"]] for one in found}


def test_logs_are_found_by_name_and_forgotten(synthesize: Synthesize) -> None:
    template = synthesize(log_days=90)["analyst-backend"]
    found = resources(template, "AWS::Logs::LogGroup").values()
    assert {one["LogGroupName"] for one in found} == {
        f"/aws/lambda/{DATA_ANALYST}",
        f"/aws/lambda/{WORKER}",
        f"/aws/lambda/{QUERYBOT}",
        "/analyst/api-access",
    }
    assert {one["RetentionInDays"] for one in found} == {90}


def test_what_was_granted_can_be_read(synthesize: Synthesize) -> None:
    template = synthesize(
        sources=[WAREHOUSE, LAKE | {"workgroup": "people"}],
        models={"sql": "eu.a.b", "words": "a.c", "allowed": ["a.d", "a.c"]},
    )["analyst-backend"]
    (parameter,) = resources(template, "AWS::SSM::Parameter").values()
    assert parameter["Name"] == "/analyst/granted"
    assert json.loads(parameter["Value"]) == {
        "addresses": [WAREHOUSE["address"]],
        "secrets": [WAREHOUSE["secret_arn"]],
        "models": ["eu.a.b", "a.c", "a.d"],
        "embedding": ["amazon.titan-embed-text-v2:0"],
        "workgroups": ["analyst", "people"],
        "security_groups": [WAREHOUSE["security_group_id"]],
        "certificates": ["/opt/rds/global-bundle.pem"],
        "glue_databases": ["lake"],
        "data_buckets": ["lake"],
    }


def test_what_a_login_needs_is_granted_as_a_whole(synthesize: Synthesize) -> None:
    federated = {**LAKE, "workgroup": "people", "catalog": "dynamo", "output": "s3://out/here"}
    template = synthesize(sources=[CALLS, LEDGER, federated])["analyst-backend"]
    (parameter,) = resources(template, "AWS::SSM::Parameter").values()
    granted = json.loads(parameter["Value"])
    assert granted["logins"] == [
        f"data-api analysts {CALLS['resource_id']} dev",
        "postgres db-ABC123 eu-central-1 ledger reader",
    ]
    assert (granted["catalogs"], granted["outputs"]) == (["dynamo"], ["s3://out/here"])
    assert "glue_databases" not in granted


def test_certificates_come_in_a_layer_of_those_that_reach_databases(synthesize: Synthesize) -> None:
    template = synthesize()["analyst-backend"]
    layers = resources(template, "AWS::Lambda::LayerVersion")
    (own,) = (name for name, one in layers.items() if "authorities" in one["Description"])
    holders = {
        one["FunctionName"]
        for one in resources(template, "AWS::Lambda::Function").values()
        if {"Ref": own} in one["Layers"]
    }
    assert holders == {"analyst-data-analyst", "analyst-data-analyst-worker"}


PLAIN = {**LEDGER, "address": "10.1.2.3:5432", "region": "eu-central-1"}
OWN_PROXY = {**LEDGER, "address": "shop.proxy-abc123.eu-central-1.rds.amazonaws.com:5432"}


@pytest.mark.parametrize(
    ("options", "needed"),
    [
        ({}, True),
        ({"database_tls": "require"}, False),
        ({"database_proxy": True}, False),
        ({"database_tls": "disable", "sources": [LEDGER]}, True),
        ({"database_tls": "require", "sources": [OWN_PROXY, {**PLAIN, "name": "plain"}]}, False),
        ({"database_tls": "require", "sources": [{**LEDGER, "tls": "require"}]}, False),
        ({"database_tls": "require", "sources": [HOUSE]}, False),
    ],
)
def test_authorities_of_rds_are_needed_where_they_verify_something(
    options: dict[str, Any], needed: bool
) -> None:
    assert bundle_needed(read_deployment(options, None)) is needed


@pytest.mark.parametrize(
    ("options", "files"),
    [
        ({}, {"rds/global-bundle.pem": "fetched"}),
        ({"rds_ca": "own.pem"}, {"rds/global-bundle.pem": "own"}),
        (
            {"database_tls": "require", "sources": [{**LEDGER, "ca": "own.pem"}]},
            {"certificates/own.pem": "own"},
        ),
    ],
)
def test_authorities_lie_where_the_functions_look_for_them(
    tmp_path: Path, options: dict[str, Any], files: dict[str, str]
) -> None:
    pem = "-----BEGIN CERTIFICATE-----"
    for name in ("own.pem", "layers/rds/global-bundle.pem"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{pem} {'own' if name == 'own.pem' else 'fetched'}", encoding="utf-8")
    for layer in ("base", "data"):
        (tmp_path / "layers" / "arm64-3.12" / layer / "python").mkdir(parents=True)
    (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")
    deployment = read_deployment({}, str(tmp_path / "options.json"))
    app = App(context={"layers": str(tmp_path / "layers")}, outdir=str(tmp_path / "out"))
    program = Program(Stack(app, "s"), "Program", deployment=deployment)
    placed = {path.split("/", 1)[1]: text for path, text in _layer_files(tmp_path / "out").items()}
    assert placed == {name: f"{pem} {text}" for name, text in files.items()}
    assert len(program.certificates) == (1 if files else 0)


def _layer_files(out: Path) -> dict[str, str]:
    """What is uploaded of certificates: "asset/folder/name" and content."""
    found = (path for path in out.glob("asset.*/*/*.pem") if path.is_file())
    return {str(path.relative_to(out)): path.read_text(encoding="utf-8") for path in found}


def test_authorities_that_were_not_fetched_are_one_sentence(tmp_path: Path) -> None:
    for layer in ("base", "data"):
        (tmp_path / "arm64-3.12" / layer / "python").mkdir(parents=True)
    stack = Stack(App(context={"layers": str(tmp_path)}), "s")
    with pytest.raises(OptionsError, match=r"^The certificate authorities of RDS .* build-layers first\.$"):
        Program(stack, "Program", deployment=Deployment())


def test_the_outputs_are_those_that_scripts_read(backend: Template) -> None:
    assert {key for key in backend["Outputs"] if not key.startswith("Export")} == {
        "ApiUrl",
        "ApiId",
        "ApiKeyId",
        "ApiKeySecretArn",
        "DeadLetterQueueUrl",
        "DataAnalystName",
        "WorkerName",
        "QuerybotName",
    }


# --- what is uploaded


def test_a_layer_that_is_not_built_is_one_sentence(tmp_path: Path) -> None:
    stack = Stack(App(context={"layers": str(tmp_path)}), "s")
    with pytest.raises(OptionsError, match=r"^The layer 'base' .* run \./deploy\.sh build-layers first\.$"):
        Program(stack, "Program", deployment=Deployment())


@pytest.fixture(scope="module")
def uploaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that becomes the functions' code."""
    folder = tmp_path_factory.mktemp("uploaded")
    for layer in ("base", "data"):
        (folder / "layers" / "arm64-3.12" / layer / "python").mkdir(parents=True)
    app = App(
        context={"layers": str(folder / "layers")}, outdir=str(folder / "out"), analytics_reporting=False
    )
    deployment = Deployment(database_tls="require")
    Program(Stack(app, "s"), "Program", deployment=deployment).code.bind(Stack(app, "t"))
    (found,) = (file.parent.parent for file in (folder / "out").glob("asset.*/querybot/lambda_function.py"))
    return found


@pytest.mark.parametrize("handler", ["data-analyst/lambda_function", "querybot/lambda_function"])
def test_the_uploaded_code_can_be_imported_as_lambda_does(uploaded: Path, handler: str) -> None:
    code = (
        "import importlib, sys; sys.path.insert(0, '.');"
        f"module = importlib.import_module({handler!r}.replace('/', '.'));"
        "import analyst.wiring, analyst.api.app, analyst.worker;"
        "sys.exit(0 if callable(module.handler) and analyst.__file__.startswith(sys.argv[1]) else 3)"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(uploaded)],
        cwd=uploaded,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_what_runs_on_one_machine_only_is_not_uploaded(uploaded: Path) -> None:
    assert (uploaded / "analyst" / "wiring.py").exists()
    assert not (uploaded / "analyst" / "local").exists()
    assert not (uploaded / "analyst" / "cli").exists()
    left = [path for path in uploaded.rglob("*") if path.name.endswith((".pyc", "_cache", "__pycache__"))]
    assert left == []
