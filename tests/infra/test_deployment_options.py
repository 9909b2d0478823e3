"""Reading the options: typed, laid over each other, and each mistake one sentence that names its key."""

from __future__ import annotations

import ast
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from synthesis import ENDPOINTS, EXISTING, LAKE, SECRET, WAREHOUSE

from deployment import Deployment, ModelOptions, OptionsError, SourceOptions
from documenting.composing import CDK
from options import read_deployment

CERTIFICATE = "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-aaaa"
SIGN_IN: Mapping[str, Any] = {
    "ui_domain": "data.example.com",
    "certificate_arn": CERTIFICATE,
    "oidc_issuer": "https://id.example.com",
    "oidc_authorization_endpoint": "https://id.example.com/authorize",
    "oidc_token_endpoint": "https://id.example.com/token",
    "oidc_user_info_endpoint": "https://id.example.com/me",
    "oidc_client_id": "page",
    "oidc_client_secret_arn": SECRET,
}
POSTGRES: Mapping[str, Any] = {
    "name": "shop",
    "engine": "postgres",
    "address": "10.1.2.3:5432",
    "database": "shop",
    "secret_arn": SECRET,
}


def without(options: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key not in keys}


def source(**changes: Any) -> dict[str, Any]:
    return {"sources": [{**POSTGRES, **changes}]}


def lake(**changes: Any) -> dict[str, Any]:
    return {"sources": [{**LAKE, **changes}]}


WORKGROUP_ID = "0a1b2c3d-0000-4000-8000-0123456789ab"
CONNECTOR = "arn:aws:lambda:eu-central-1:123456789012:function:connector"
CLUSTER: Mapping[str, Any] = {"cluster": "house", "workgroup": "", "resource_id": ""}


def ledger(**changes: Any) -> dict[str, Any]:
    """Postgres by IAM."""
    named = {"login": "iam", "user": "reader", "resource_id": "db-ABC123"}
    return {"sources": [{**without(POSTGRES, "secret_arn"), **named, **changes}]}


def calls(**changes: Any) -> dict[str, Any]:
    """Redshift by the Data API."""
    named = {"name": "calls", "engine": "redshift", "via": "data-api", "database": "dev"}
    return {"sources": [{**named, "workgroup": "analysts", "resource_id": WORKGROUP_ID, **changes}]}


WRONG: list[tuple[Mapping[str, Any], str, str]] = [
    # unknown keys and wrong types
    ({"vpcid": "x"}, "vpcid", "did you mean vpc_id?"),
    ({"Egress": "nat"}, "Egress", "did you mean egress?"),
    ({"zzzzzz": 1}, "zzzzzz", "known are name, tags"),
    ({"models": {"sqll": "x"}}, "models.sqll", "did you mean models.sql?"),
    (source(enginee="x"), "sources[0].enginee", "did you mean sources[0].engine?"),
    ({"name": 5}, "name", "must be text in quotes, not 5"),
    ({"name": None}, "name", "not null"),
    ({"bastion": "yes"}, "bastion", 'must be true or false, not "yes"'),
    ({"bastion": 1}, "bastion", "must be true or false, not 1"),
    ({"nat_gateways": True}, "nat_gateways", "must be a whole number, not true"),
    ({"nat_gateways": 1.5}, "nat_gateways", "must be a whole number, not 1.5"),
    ({"log_days": "30"}, "log_days", "must be a whole number"),
    ({"ui_client_cidrs": "10.0.0.0/8"}, "ui_client_cidrs", "must be a list"),
    ({"ui_client_cidrs": [10]}, "ui_client_cidrs[0]", "must be text in quotes"),
    ({"tags": ["a"]}, "tags", "must be an object"),
    ({"tags": {"team": 1}}, "tags.team", "must be text in quotes"),
    ({"sources": {}}, "sources", "must be a list, not an object"),
    ({"sources": ["shop"]}, "sources[0]", "must be an object"),
    ({"models": "x"}, "models", "must be an object"),
    ({"sources": [{"engine": "postgres"}]}, "sources[0].name", "is missing"),
    # the name and tags
    ({"name": "a" * 21}, "name", "has 21 characters; at most 20"),
    ({"name": "Analyst"}, "name", "has capitals"),
    ({"name": "1analyst"}, "name", "beginning with a letter"),
    ({"name": "an_alyst"}, "name", "lower-case letters, digits and single hyphens"),
    ({"name": "an--alyst"}, "name", "single hyphens"),
    ({"name": "analyst-"}, "name", "single hyphens"),
    ({"name": ""}, "name", "must be"),
    ({"name": "aws-data"}, "name", "begins with aws or ssm"),
    ({"name": "primary"}, "name", "Athena has in every account"),
    ({"tags": {"aws:team": "a"}}, "tags.aws:team", "reserved"),
    ({"tags": {"team": "a" * 257}}, "tags.team", "at most 256"),
    ({"tags": {"te<am": "a"}}, "tags", "at most 128"),
    ({"tags": {f"t{at}": "" for at in range(41)}}, "tags", "at most 40"),
    # a new network
    ({"egress": "none"}, "egress", "must be one of nat, endpoints"),
    ({"nat_gateways": 0}, "nat_gateways", "between 1 and 2"),
    ({"vpc_cidr": "10.20.0.0/15"}, "vpc_cidr", "between /16 and /24"),
    ({"vpc_cidr": "10.20.0.0/25"}, "vpc_cidr", "between /16 and /24"),
    ({"vpc_cidr": "10.20.0.1/16"}, "vpc_cidr", "must be an IPv4 network"),
    ({"vpc_cidr": "8.8.0.0/16"}, "vpc_cidr", "is not a private network"),
    ({"vpc_cidr": "fd00::/16"}, "vpc_cidr", "must be an IPv4 network"),
    ({"private_subnet_ids": ["subnet-01234567"]}, "private_subnet_ids", "give vpc_id"),
    ({"availability_zones": ["eu-central-1a"]}, "availability_zones", "give vpc_id"),
    ({"existing_endpoints": True}, "existing_endpoints", "give vpc_id"),
    ({"api_endpoint_id": "vpce-01234567"}, "api_endpoint_id", "give vpc_id"),
    # what endpoints cannot reach
    ({**ENDPOINTS, "model_region": "us-east-1"}, "model_region", "needs egress nat"),
    ({**ENDPOINTS, **SIGN_IN}, "oidc_issuer", "needs egress nat"),
    ({**ENDPOINTS, "ui_image_uri": "docker.io/page:1"}, "ui_image_uri", "needs egress nat"),
    # an existing network
    ({**EXISTING, "vpc_id": "10.0.0.0"}, "vpc_id", "must be a VPC's id"),
    ({**EXISTING, "egress": "endpoints"}, "egress", "is for a new VPC"),
    ({**EXISTING, "nat_gateways": 2}, "nat_gateways", "is for a new VPC"),
    ({**EXISTING, "vpc_cidr": "10.0.0.0/16"}, "vpc_cidr", "is for a new VPC"),
    (without(EXISTING, "availability_zones"), "availability_zones", "is missing"),
    (without(EXISTING, "private_subnet_ids"), "private_subnet_ids", "is missing"),
    (without(EXISTING, "isolated_subnet_ids"), "isolated_subnet_ids", "is missing"),
    ({**EXISTING, "availability_zones": ["eu-central-1a"]}, "availability_zones", "needs two zones"),
    ({**EXISTING, "availability_zones": ["eu-central-1a"] * 2}, "availability_zones", "twice"),
    ({**EXISTING, "availability_zones": ["a", "b"]}, "availability_zones[0]", "a zone such as"),
    ({**EXISTING, "availability_zones": ["eu-west-1a", "eu-west-2a"]}, "availability_zones", "one region"),
    (
        {**EXISTING, "availability_zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"]},
        "private_subnet_ids",
        "has 2 subnets for 3 availability_zones",
    ),
    ({**EXISTING, "private_subnet_ids": ["subnet-x", "subnet-y"]}, "private_subnet_ids[0]", "a subnet's id"),
    (
        {**EXISTING, "isolated_subnet_ids": EXISTING["private_subnet_ids"]},
        "isolated_subnet_ids",
        "stands in private_subnet_ids, too",
    ),
    ({**EXISTING, "existing_endpoints": True}, "api_endpoint_id", "is missing"),
    ({**EXISTING, "api_endpoint_id": "vpce-01234567"}, "existing_endpoints", "must be true"),
    (
        {**EXISTING, "existing_endpoints": True, "api_endpoint_id": "x"},
        "api_endpoint_id",
        "must be an endpoint's id",
    ),
    # what is stored
    ({"database_instance": "db.t4g.small"}, "database_instance", "without its db. in front"),
    ({"database_storage_gb": 19}, "database_storage_gb", "between 20 and"),
    ({"database_backup_days": 0}, "database_backup_days", "between 1 and 35"),
    ({"database_backup_days": 36}, "database_backup_days", "between 1 and 35"),
    ({"database_rotation_days": -1}, "database_rotation_days", "between 0 and 1000"),
    ({"database_tls": "on"}, "database_tls", "must be one of verify-full, require, prefer, disable"),
    ({"rds_bundle": "a.pem", "rds_ca": "b.pem"}, "rds_ca", "stands in place of rds_bundle"),
    ({"rds_ca": "nowhere.pem"}, "rds_ca", "cannot be read: no such file"),
    ({"keep_results_days": 0}, "keep_results_days", "between 1"),
    ({"keep_questions_days": 0}, "keep_questions_days", "between 1"),
    ({"athena_cutoff_gb": 0}, "athena_cutoff_gb", "between 1"),
    # functions
    ({"architecture": "arm"}, "architecture", "must be one of arm64, x86_64"),
    ({"python": "3.10"}, "python", "must be one of 3.11, 3.12, 3.13"),
    ({"python": "3.11"}, "python", "x86_64 only"),
    ({"start": "fast"}, "start", "must be one of plain, snapstart, provisioned"),
    (
        {"start": "snapstart", "python": "3.11", "architecture": "x86_64"},
        "start",
        "snapstart needs python 3.12",
    ),
    ({"provisioned_environments": 21}, "provisioned_environments", "between 1 and 20"),
    ({"provisioned_environments": 0}, "provisioned_environments", "between 1 and 20"),
    ({"api_concurrency": 0}, "api_concurrency", "between 1"),
    ({"querybot_concurrency": 0}, "querybot_concurrency", "between 1"),
    ({"embedder": "titan"}, "embedder", "must be one of bedrock, minilm"),
    ({"log_level": "info"}, "log_level", "must be one of DEBUG"),
    ({"throttle_rate": 0}, "throttle_rate", "between 1"),
    ({"throttle_burst": 5001}, "throttle_burst", "between 1 and 5000"),
    ({"row_limit": 10_000_001}, "row_limit", "between 1 and 10000000"),
    ({"query_seconds": 601}, "query_seconds", "between 1 and 600"),
    (
        {"api_concurrency": 71, "worker_concurrency": 10},
        "database_max_connections",
        "api_concurrency + worker_concurrency = 81 connections are more than 80, which is 80 % of 100",
    ),
    ({"database_max_connections": 37}, "database_max_connections", "30 connections are more than 29"),
    (
        {"database_proxy": True, "worker_concurrency": 61},
        "database_max_connections",
        "81 connections are more than 80",
    ),
    # models and sources
    ({"models": {"sql": ""}}, "models.sql", "must be a model's"),
    ({"models": {"words": "Not A Model"}}, "models.words", "must be a model's"),
    ({"models": {"embedding": ""}}, "models.embedding", "must be a model's"),
    ({"models": {"allowed": ["a", "a"]}}, "models.allowed", "twice"),
    ({"models": {"few_shot": "yes"}}, "models.few_shot", "true or false"),
    ({"model_region": "Frankfurt"}, "model_region", "a region such as"),
    ({"bedrock_endpoint_url": "bedrock"}, "bedrock_endpoint_url", "a URL such as"),
    ({"sources": [POSTGRES, {**POSTGRES, "name": "SHOP"}]}, "sources[1].name", "the name of sources[0], too"),
    (source(name="the shop"), "sources[0].name", "letters, digits"),
    (source(engine="mysql"), "sources[0].engine", "must be one of postgres, redshift, athena"),
    (source(tls="yes"), "sources[0].tls", "must be one of"),
    (source(reuse_seconds=-1), "sources[0].reuse_seconds", "must be between 0 and 604800"),
    (source(address="db.example.com"), "sources[0].address", '"host:port"'),
    (source(address=""), "sources[0].address", '"host:port"'),
    (source(address="db.example.com:x"), "sources[0].address", '"host:port"'),
    (source(address="db.example.com:0"), "sources[0].address", "between 1 and 65535"),
    (source(address="db.example.com:65536"), "sources[0].address", "between 1 and 65535"),
    (source(database=""), "sources[0].database", "is missing"),
    (source(secret_arn=""), "sources[0].secret_arn", "is missing"),
    (source(secret_arn="shop"), "sources[0].secret_arn", "must be the ARN of a secret"),
    (source(secret_arn=CERTIFICATE), "sources[0].secret_arn", "must be the ARN of a secret"),
    (source(security_group_id="shop"), "sources[0].security_group_id", "must be a security group's id"),
    (source(workgroup="w"), "sources[0].workgroup", "is not for postgres"),
    (source(glue_databases=["g"]), "sources[0].glue_databases", "is not for postgres"),
    (source(via="data-api"), "sources[0].via", "is not for postgres"),
    (source(title="a\nb"), "sources[0].title", "one line"),
    (source(login="kerberos"), "sources[0].login", "must be one of"),
    (source(user="reader"), "sources[0].user", 'is for login "iam" only'),
    (source(tls="verify-full"), "sources[0].ca", "is missing"),
    (source(tls="prefer", ca="roots.pem"), "sources[0].ca", "verifies nothing"),
    (source(ca="nowhere/roots.pem"), "sources[0].ca", "cannot be read: no such file"),
    (source(login="iam"), "sources[0].secret_arn", "has no secret"),
    (ledger(user=""), "sources[0].user", "is missing"),
    (ledger(user="*"), "sources[0].user", "letters, digits"),
    (ledger(resource_id=""), "sources[0].resource_id", "db-"),
    (ledger(resource_id="db-*"), "sources[0].resource_id", "db-"),
    (ledger(database="a*"), "sources[0].database", "letters, digits"),
    (ledger(region="Frankfurt"), "sources[0].region", "a region"),
    (calls(via="wires"), "sources[0].via", "must be one of wire, data-api"),
    (calls(address="a:5439"), "sources[0].address", "is not for redshift by the Data API"),
    (calls(tls="require"), "sources[0].tls", "is not for redshift by the Data API"),
    (calls(workgroup=""), "sources[0].workgroup", "one of them"),
    (calls(cluster="c"), "sources[0].workgroup", "one of them"),
    (calls(resource_id="analysts"), "sources[0].resource_id", "the workgroup's id"),
    (calls(resource_id=""), "sources[0].resource_id", "the workgroup's id"),
    (calls(user="u"), "sources[0].user", "is for a cluster"),
    (calls(database=""), "sources[0].database", "is missing"),
    (calls(**CLUSTER, secret_arn=SECRET, user="u"), "sources[0].user", "a secret names its user"),
    (calls(**{**CLUSTER, "resource_id": WORKGROUP_ID}), "sources[0].resource_id", "is for a workgroup"),
    (calls(**CLUSTER, user="a*"), "sources[0].user", "letters, digits"),
    ({**ENDPOINTS, **calls(region="eu-west-1")}, "sources[0].region", "needs egress nat"),
    (lake(output="s3://bucket/out"), "sources[0].output", "a workgroup of your own"),
    (lake(region="eu-west-1"), "sources[0].region", "a workgroup of your own"),
    (lake(workgroup="w", output="s3://bucket/*"), "sources[0].output", "s3://bucket/folder"),
    (lake(catalog="a/b"), "sources[0].catalog", "data catalog"),
    (lake(connector_arns=[CONNECTOR]), "sources[0].connector_arns", "give catalog"),
    (lake(catalog="c", connector_arns=["x"]), "sources[0].connector_arns[0]", "ARN of a function"),
    (lake(databases=["*"]), "sources[0].databases[0]", "lower case"),
    (lake(result_reuse_minutes=10_081), "sources[0].result_reuse_minutes", "between 0 and 10080"),
    (lake(usd_per_tb=-0.5), "sources[0].usd_per_tb", "between 0 and 1000"),
    (lake(usd_per_tb="5"), "sources[0].usd_per_tb", 'must be a number, not "5"'),
    (lake(glue_databases=[]), "sources[0].glue_databases", "needs glue_databases or database"),
    (lake(address="a:1"), "sources[0].address", "is not for athena"),
    (lake(secret_arn=SECRET), "sources[0].secret_arn", "is not for athena"),
    (lake(glue_databases=["Lake"]), "sources[0].glue_databases[0]", "lower case"),
    (lake(data_buckets=["s3://lake"]), "sources[0].data_buckets[0]", "must be a bucket's name"),
    (lake(workgroup="a b"), "sources[0].workgroup", "must be a workgroup's name"),
    # the page
    ({"ui_cpu": 300}, "ui_cpu", "must be one of 256, 512"),
    ({"ui_memory_mb": 512}, "ui_memory_mb", "Fargate takes 1024 to 4096 in steps of 1024 with ui_cpu 512"),
    ({"ui_cpu": 256, "ui_memory_mb": 4096}, "ui_memory_mb", "Fargate takes 512, 1024, 2048 with ui_cpu 256"),
    ({"ui_tasks_min": 0}, "ui_tasks_min", "between 1"),
    ({"ui_tasks_min": 6}, "ui_tasks_min", "6 is more than ui_tasks_max 5"),
    ({"ui_image_uri": "my image"}, "ui_image_uri", "must be an image"),
    ({"ui_domain": "data.example.com"}, "certificate_arn", "is missing: with ui_domain"),
    ({**SIGN_IN, "ui_domain": "https://data"}, "ui_domain", "must be a name"),
    ({"certificate_arn": SECRET}, "certificate_arn", "must be the ARN of a certificate"),
    *((without(SIGN_IN, key), key, "is missing: with") for key in SIGN_IN),
    ({**SIGN_IN, "oidc_issuer": "http://id.example.com"}, "oidc_issuer", "https://"),
    ({**SIGN_IN, "oidc_client_secret_arn": "x"}, "oidc_client_secret_arn", "must be the ARN of a secret"),
    ({"ui_client_cidrs": ["0.0.0.0/0"]}, "ui_client_cidrs[0]", "never opened to the whole internet"),
    ({"ui_client_cidrs": ["10.0.0.0/8", "8.8.8.0/24"]}, "ui_client_cidrs[1]", "is not a private network"),
    ({"ui_client_cidrs": ["10.0.0.0/8", "10.1.0.0/16"]}, "ui_client_cidrs[1]", "overlap"),
    ({"ui_client_cidrs": ["10.20.5.0/24"]}, "ui_client_cidrs[0]", "lies in the deployment's own vpc_cidr"),
    ({"ui_client_cidrs": ["10.0.0.1/8"]}, "ui_client_cidrs[0]", "must be an IPv4 network"),
    ({"ui_client_cidrs": ["10.0.0.0/7"]}, "ui_client_cidrs[0]", "is not a private network"),
    # the watch
    ({"bastion_instance": "nano"}, "bastion_instance", "an instance type"),
    ({"log_days": 31}, "log_days", "CloudWatch takes 1, 3, 5"),
    ({"alarm_email": "somebody"}, "alarm_email", "an e-mail address"),
    ({"monthly_budget_usd": -1}, "monthly_budget_usd", "between 0"),
]

RIGHT: list[Mapping[str, Any]] = [
    {},
    ENDPOINTS,
    EXISTING,
    SIGN_IN,
    {**EXISTING, **SIGN_IN, "model_region": "us-east-1"},
    {**EXISTING, "existing_endpoints": True, "api_endpoint_id": "vpce-0123456789abcdef0"},
    {"name": "a"},
    {"name": "analyst-2-production"},
    {"python": "3.11", "architecture": "x86_64"},
    {"start": "snapstart", "python": "3.13"},
    {"api_concurrency": 70, "worker_concurrency": 10},
    {"sources": [POSTGRES, WAREHOUSE, LAKE]},
    lake(glue_databases=[], database="lake"),
    ledger(),
    {**ENDPOINTS, **ledger(region="eu-west-1")},
    calls(),
    calls(**CLUSTER),
    calls(**CLUSTER, user="reader"),
    calls(secret_arn=SECRET, region="eu-west-1"),
    {"sources": [{**without(WAREHOUSE, "secret_arn"), "login": "iam", "cluster": "house"}]},
    source(title="Web shop", description="Orders since 2019", tls="require", via="wire"),
    lake(workgroup="w", output="s3://bucket/out/", region="eu-west-1", databases=["more"]),
    lake(catalog="dynamo", connector_arns=[CONNECTOR], usd_per_tb=6, large_gb=5, large_partitions=10),
    {"models": {"sql": "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "allowed": ["amazon.nova-pro-v1:0"]}},
    {
        "models": {
            "sql": "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-x-v1:0"
        }
    },
    {"embedder": "minilm", "models": {"embedding": ""}},
    {"bedrock_endpoint_url": "http://127.0.0.1:4567", "database_rotation_days": 0, "database_tls": "disable"},
    {"ui_image_uri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/page:1", **ENDPOINTS},
    {"ui_client_cidrs": ["10.0.0.0/8", "192.168.0.0/24"], "tags": {"cost-center": "4711 / EU"}},
    {"ui_cpu": 1024, "ui_memory_mb": 8192, "ui_tasks_min": 5},
    {"vpc_cidr": "192.168.4.0/24"},
    {"alarm_email": "ops@example.com", "monthly_budget_usd": 200, "log_days": 3653},
]


@pytest.mark.parametrize(
    ("given", "key", "sentence"), WRONG, ids=[f"{key}-{at}" for at, (_, key, _) in enumerate(WRONG)]
)
def test_a_wrong_option_is_one_sentence_with_its_key(
    given: Mapping[str, Any], key: str, sentence: str
) -> None:
    with pytest.raises(OptionsError) as caught:
        read_deployment(given, None)
    text = str(caught.value)
    assert text.startswith(f"{key}: ")
    assert sentence in text
    assert "\n" not in text
    assert text[-1] in ".?"


@pytest.mark.parametrize("given", RIGHT, ids=range(len(RIGHT)))
def test_what_is_right_passes(given: Mapping[str, Any]) -> None:
    assert isinstance(read_deployment(given, None), Deployment)


def test_nothing_given_is_the_default() -> None:
    assert read_deployment(None, None) == read_deployment({}, "") == Deployment()


def test_values_are_read_as_their_types() -> None:
    found = read_deployment({"models": {"allowed": ["a.b"]}, "sources": [LAKE], "tags": {"a": "b"}}, None)
    assert found.models == ModelOptions(allowed=("a.b",))
    assert found.sources == (
        SourceOptions(name="lake", engine="athena", glue_databases=("lake",), data_buckets=("lake",)),
    )
    assert found.tags == {"a": "b"}


def test_the_file_replaces_what_cdk_json_says(tmp_path: Path) -> None:
    file = tmp_path / "options.json"
    file.write_text(json.dumps({"name": "second", "tags": {"b": "2"}}), encoding="utf-8")
    found = read_deployment({"name": "first", "tags": {"a": "1"}, "log_days": 7}, str(file))
    assert (found.name, found.tags, found.log_days) == ("second", {"b": "2"}, 7)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "cannot be read: no such file or directory."),
        ("{", "is not JSON"),
        ("[]", "must be an object of keys and values, not a list."),
        ('{"name": "a", "name": "b"}', "name: is given twice."),
        ('{"nmae": "a"}', "nmae: there is no such option; did you mean name?"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str | None, sentence: str) -> None:
    file = tmp_path / "options.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(OptionsError) as caught:
        read_deployment({}, str(file))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "options.json"
    file.write_bytes(b"\xff\xfe{")
    with pytest.raises(OptionsError, match="it is not UTF-8"):
        read_deployment({}, str(file))


def test_cdk_json_of_the_repository_is_right() -> None:
    context = json.loads((CDK / "cdk.json").read_text(encoding="utf-8"))["context"]
    assert read_deployment(context["deployment"], None)
    # It would bring a custom resource into every network.
    assert context["@aws-cdk/aws-ec2:restrictDefaultSecurityGroup"] is False


def test_every_option_has_a_sentence_or_two_that_say_what_it_is() -> None:
    """The page of options is made from them."""
    tree = ast.parse((CDK / "deployment.py").read_text(encoding="utf-8"))
    for cls in (Deployment, ModelOptions, SourceOptions):
        (body,) = (
            one.body for one in tree.body if isinstance(one, ast.ClassDef) and one.name == cls.__name__
        )
        for field in dataclasses.fields(cls):
            (at,) = (
                n
                for n, one in enumerate(body)
                if isinstance(one, ast.AnnAssign) and _is(one.target, field.name)
            )
            words = body[at + 1] if at + 1 < len(body) else None
            assert isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant), field.name
            assert isinstance(words.value.value, str) and words.value.value.count("\n") <= 1, field.name


def _is(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


PEM = "-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n"


def options_file(folder: Path, **options: Any) -> str:
    file = folder / "options.json"
    file.write_text(json.dumps(options), encoding="utf-8")
    return str(file)


def test_certificates_are_found_from_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text(PEM, encoding="utf-8")
    found = read_deployment({}, options_file(tmp_path, **source(ca="roots.pem")))
    assert found.sources[0].ca == str(tmp_path / "roots.pem")
    own = read_deployment({}, options_file(tmp_path, rds_ca="roots.pem"))
    assert own.rds_ca == str(tmp_path / "roots.pem")
    copied = read_deployment({}, options_file(tmp_path, rds_bundle="bundle.pem"))
    assert copied.rds_bundle == str(tmp_path / "bundle.pem")
    mirror = "https://mirror.example.com/bundle.pem"
    assert read_deployment({}, options_file(tmp_path, rds_bundle=mirror)).rds_bundle == mirror


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("no", "holds no certificate"), (PEM + "-----BEGIN PRIVATE KEY-----", "holds a private key")],
)
def test_certificates_are_certificates_and_nothing_secret(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "roots.pem").write_text(text, encoding="utf-8")
    with pytest.raises(OptionsError, match=sentence):
        read_deployment({}, options_file(tmp_path, **source(ca="roots.pem")))


def test_two_files_of_certificates_have_two_names(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for place in (tmp_path / "roots.pem", tmp_path / "a" / "roots.pem"):
        place.write_text(PEM, encoding="utf-8")
    both = [{**POSTGRES, "ca": "roots.pem"}, {**POSTGRES, "name": "second", "ca": "a/roots.pem"}]
    with pytest.raises(OptionsError, match=r"another file is called roots\.pem"):
        read_deployment({}, options_file(tmp_path, sources=both))
    both[1]["ca"] = "roots.pem"
    assert len(read_deployment({}, options_file(tmp_path, sources=both)).sources) == 2
