"""Least privilege: the synthesized policies, asked what each role may do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult
from synthesis import ANALYSTS, CALLS, HOUSE, LAKE, LEDGER, SECRET, WAREHOUSE, Template, Templates, resources

from pieces.rights import READ_GLUE, RUN_ATHENA

Synthesize = Callable[..., Templates]
ACCOUNT, REGION = "123456789012", "eu-central-1"
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
OPTIONS: dict[str, Any] = {
    "sources": [
        WAREHOUSE,
        {
            "name": "lake",
            "engine": "athena",
            "database": "lake",
            "glue_databases": ["lake", "more"],
            "data_buckets": ["lake-data"],
        },
    ],
    "models": {"sql": "eu.anthropic.sql-v1:0", "words": "amazon.words-v1:0", "allowed": ["meta.other-v1:0"]},
}
MODEL = f"arn:aws:bedrock:{REGION}::foundation-model"
EMBEDDING = f"{MODEL}/amazon.titan-embed-text-v2:0"
PROFILE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/eu.anthropic.sql-v1:0"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
BUCKET = "arn:aws:s3:::the-bucket"
STATE_SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:state"
PARAMETER = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter"
GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}"
WORKGROUP = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup"


@pytest.fixture(scope="module")
def backend(synthesize: Synthesize) -> Template:
    return synthesize(**OPTIONS)["analyst-backend"]


def settled(node: Any, template: Template) -> Any:
    """A part of the template with its references put in, as CloudFormation would."""
    match node:
        case {"Ref": str(name)} if name in PSEUDO:
            return PSEUDO[name]
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(settled(part, template) for part in parts)
        case {"Fn::ImportValue": str(name)}:
            return BUCKET if "Bucket" in name else STATE_SECRET
        case {"Fn::GetAtt": [str(name), _]} | {"Ref": str(name)}:
            return _arn(name, template)
        case dict():
            return {key: settled(value, template) for key, value in node.items()}
        case list():
            return [settled(value, template) for value in node]
    return node


def _arn(name: str, template: Template) -> str:
    properties = template["Resources"][name]["Properties"]
    match template["Resources"][name]["Type"]:
        case "AWS::Lambda::Function":
            return f"{FUNCTION}:{properties['FunctionName']}"
        case "AWS::Lambda::Alias":
            return f"{_arn(properties['FunctionName']['Ref'], template)}:{properties['Name']}"
        case "AWS::Logs::LogGroup":
            return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{properties['LogGroupName']}:*"
        case "AWS::SQS::Queue":
            return f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
    raise AssertionError(f"{name} stands in a policy")


def statements(template: Template, function: str) -> Iterator[dict[str, Any]]:
    """Every statement of the role of that function."""
    (role,) = (
        one["Role"]["Fn::GetAtt"][0]
        for one in resources(template, "AWS::Lambda::Function").values()
        if one["FunctionName"] == f"analyst-{function}"
    )
    for policy in resources(template, "AWS::IAM::Role")[role]["Policies"]:
        yield from settled(policy["PolicyDocument"], template)["Statement"]


def may(template: Template, function: str, action: str, resource: str = "*") -> bool:
    """Whether the role allows it when Lambda itself asks, which conditions of denials do not concern."""
    allowed = [one for one in statements(template, function) if one["Effect"] == "Allow"]
    policy = IAMPolicy({"policy_document": json.dumps({"Statement": allowed})})
    return policy.is_action_permitted(action, resource) == PermissionResult.PERMITTED


LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/analyst-"
ALLOWED = [
    ("querybot", "bedrock:InvokeModel", PROFILE),
    ("querybot", "bedrock:InvokeModelWithResponseStream", PROFILE),
    ("querybot", "bedrock:InvokeModel", "arn:aws:bedrock:eu-north-1::foundation-model/anthropic.sql-v1:0"),
    ("querybot", "bedrock:InvokeModel", "arn:aws:bedrock:::foundation-model/anthropic.sql-v1:0"),
    ("querybot", "bedrock:InvokeModel", f"{MODEL}/amazon.words-v1:0"),
    ("querybot", "bedrock:InvokeModel", f"{MODEL}/meta.other-v1:0"),
    ("querybot", "logs:PutLogEvents", f"{LOGS}querybot:log-stream:x"),
    ("querybot", "xray:PutTraceSegments", "*"),
    ("data-analyst", "secretsmanager:GetSecretValue", STATE_SECRET),
    ("data-analyst", "ssm:GetParameters", f"{PARAMETER}/analyst/sources"),
    ("data-analyst", "s3:GetObject", f"{BUCKET}/results/1"),
    ("data-analyst", "s3:GetObject", f"{BUCKET}/exports/1.csv"),
    ("data-analyst", "s3:PutObject", f"{BUCKET}/exports/1.csv"),
    ("data-analyst", "s3:ListBucket", BUCKET),
    ("data-analyst-worker", "s3:ListBucket", BUCKET),
    ("data-analyst-worker", "s3:AbortMultipartUpload", f"{BUCKET}/results/1"),
    ("data-analyst", "s3:GetObject", f"{BUCKET}/configuration/c.json"),
    ("data-analyst", "lambda:InvokeFunction", f"{FUNCTION}:analyst-data-analyst-worker"),
    ("data-analyst", "lambda:InvokeFunction", f"{FUNCTION}:analyst-querybot"),
    ("data-analyst", "ec2:CreateNetworkInterface", "*"),
    ("data-analyst-worker", "secretsmanager:GetSecretValue", STATE_SECRET),
    ("data-analyst-worker", "secretsmanager:GetSecretValue", SECRET),
    ("data-analyst-worker", "bedrock:InvokeModel", EMBEDDING),
    ("data-analyst-worker", "s3:PutObject", f"{BUCKET}/results/1"),
    ("data-analyst-worker", "s3:GetObject", f"{BUCKET}/results/1"),
    ("data-analyst-worker", "s3:GetObject", f"{BUCKET}/metadata/m.json"),
    ("data-analyst-worker", "lambda:InvokeFunction", f"{FUNCTION}:analyst-querybot"),
    ("data-analyst-worker", "sqs:SendMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"),
    ("data-analyst-worker", "athena:StartQueryExecution", f"{WORKGROUP}/analyst"),
    ("data-analyst-worker", "glue:GetTable", f"{GLUE}:table/more/orders"),
    ("data-analyst-worker", "glue:GetDatabase", f"{GLUE}:database/lake"),
    ("data-analyst-worker", "s3:GetObject", "arn:aws:s3:::lake-data/orders/1.parquet"),
    ("data-analyst-worker", "s3:ListBucket", "arn:aws:s3:::lake-data"),
    ("data-analyst-worker", "s3:PutObject", f"{BUCKET}/athena/1.csv"),
    ("data-analyst-worker", "ec2:DeleteNetworkInterface", "*"),
]
DENIED = [
    ("querybot", "bedrock:InvokeModel", f"{MODEL}/anthropic.another-v1:0"),
    ("querybot", "bedrock:InvokeModel", EMBEDDING),
    ("querybot", "secretsmanager:GetSecretValue", STATE_SECRET),
    ("querybot", "secretsmanager:GetSecretValue", SECRET),
    ("querybot", "s3:GetObject", f"{BUCKET}/results/1"),
    ("querybot", "s3:ListBucket", BUCKET),
    ("data-analyst", "ssm:GetParametersByPath", f"{PARAMETER}/analyst"),
    ("querybot", "ssm:GetParameters", f"{PARAMETER}/analyst/sources"),
    ("querybot", "lambda:InvokeFunction", f"{FUNCTION}:analyst-data-analyst-worker"),
    ("querybot", "athena:StartQueryExecution", f"{WORKGROUP}/analyst"),
    ("querybot", "ec2:CreateNetworkInterface", "*"),
    ("querybot", "logs:PutLogEvents", f"{LOGS}data-analyst:log-stream:x"),
    ("data-analyst", "bedrock:InvokeModel", PROFILE),
    ("data-analyst", "bedrock:InvokeModel", EMBEDDING),
    ("data-analyst", "secretsmanager:GetSecretValue", SECRET),
    ("data-analyst", "s3:PutObject", f"{BUCKET}/results/1"),
    ("data-analyst", "s3:PutObject", f"{BUCKET}/configuration/c.json"),
    ("data-analyst", "s3:DeleteObject", f"{BUCKET}/exports/1.csv"),
    ("data-analyst", "ssm:PutParameter", f"{PARAMETER}/analyst/sources"),
    ("data-analyst", "ssm:GetParameters", f"{PARAMETER}/another/sources"),
    ("data-analyst", "athena:StartQueryExecution", f"{WORKGROUP}/analyst"),
    ("data-analyst", "lambda:InvokeFunction", f"{FUNCTION}:another"),
    ("data-analyst-worker", "bedrock:InvokeModel", PROFILE),
    ("data-analyst-worker", "bedrock:InvokeModel", f"{MODEL}/amazon.words-v1:0"),
    ("data-analyst-worker", "bedrock:InvokeModelWithResponseStream", EMBEDDING),
    ("data-analyst-worker", "secretsmanager:GetSecretValue", STATE_SECRET.replace("state", "another")),
    ("data-analyst-worker", "lambda:InvokeFunction", f"{FUNCTION}:analyst-data-analyst"),
    ("data-analyst-worker", "s3:PutObject", f"{BUCKET}/configuration/c.json"),
    ("data-analyst-worker", "s3:PutObject", "arn:aws:s3:::lake-data/orders/1.parquet"),
    ("data-analyst-worker", "s3:GetObject", "arn:aws:s3:::another/orders/1.parquet"),
    ("data-analyst-worker", "athena:StartQueryExecution", f"{WORKGROUP}/primary"),
    ("data-analyst-worker", "glue:GetTable", f"{GLUE}:table/salaries/people"),
    ("data-analyst-worker", "glue:DeleteTable", f"{GLUE}:table/lake/orders"),
    ("data-analyst-worker", "redshift-data:ExecuteStatement", "*"),
    ("data-analyst-worker", "sqs:ReceiveMessage", f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"),
]


@pytest.mark.parametrize("function, action, resource", ALLOWED)
def test_allowed(backend: Template, function: str, action: str, resource: str) -> None:
    assert may(backend, function, action, resource)


@pytest.mark.parametrize("function, action, resource", DENIED)
def test_denied(backend: Template, function: str, action: str, resource: str) -> None:
    assert not may(backend, function, action, resource)


@pytest.mark.parametrize("function", ["data-analyst", "data-analyst-worker"])
def test_interfaces_are_lambdas_own_affair(backend: Template, function: str) -> None:
    (denied,) = (one for one in statements(backend, function) if one["Effect"] == "Deny")
    assert "ec2:CreateNetworkInterface" in denied["Action"]
    own = f"{FUNCTION}:analyst-{function}"
    assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": own}}


@pytest.mark.parametrize("function", ["data-analyst", "data-analyst-worker", "querybot"])
def test_wildcards_stand_only_where_aws_knows_nothing_narrower(backend: Template, function: str) -> None:
    for one in statements(backend, function):
        actions = [one["Action"]] if isinstance(one["Action"], str) else one["Action"]
        assert not any("*" in action for action in actions)
        if one["Resource"] == "*":
            assert {action.partition(":")[0] for action in actions} <= {"xray", "ec2"}


def test_with_minilm_nothing_but_querybot_asks_bedrock(synthesize: Synthesize) -> None:
    template = synthesize(embedder="minilm")["analyst-backend"]
    assert not any("bedrock" in str(one["Action"]) for one in statements(template, "data-analyst-worker"))


def test_without_athena_the_worker_has_no_right_on_it(synthesize: Synthesize) -> None:
    actions = str(
        [one["Action"] for one in statements(synthesize()["analyst-backend"], "data-analyst-worker")]
    )
    assert not re.search(r"athena|glue", actions)


OTHER = "eu-west-1"
CONNECTOR = f"{FUNCTION}:connector"
CALLED: dict[str, Any] = {
    "sources": [
        CALLS,
        ANALYSTS | {"resource_id": "11111111-0000-4000-8000-0123456789ab"},
        HOUSE,
        HOUSE | {"name": "as-user", "user": "reader", "cluster": "second", "region": OTHER},
        {"name": "own", "engine": "redshift", "via": "data-api", "cluster": "third", "database": "dev"},
        {
            "name": "told",
            "engine": "redshift",
            "via": "data-api",
            "cluster": "fourth",
            "database": "dev",
            "secret_arn": SECRET,
        },
        LEDGER,
        LAKE | {"workgroup": "people", "region": OTHER, "output": "s3://out/here/", "databases": ["more"]},
        {
            "name": "dynamo",
            "engine": "athena",
            "database": "tables",
            "catalog": "dynamo",
            "connector_arns": [CONNECTOR],
            "data_buckets": ["spilled"],
        },
    ]
}
REDSHIFT = f"arn:aws:redshift:{REGION}:{ACCOUNT}"
SERVERLESS = f"arn:aws:redshift-serverless:{REGION}:{ACCOUNT}:workgroup"
RDS = f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser"
MAY_CALL = [
    ("redshift-data:ExecuteStatement", f"{SERVERLESS}/{CALLS['resource_id']}"),
    ("redshift-data:ExecuteStatement", f"{REDSHIFT}:cluster:third"),
    ("redshift-data:ExecuteStatement", f"{REDSHIFT}:cluster:fourth"),
    ("redshift-data:DescribeStatement", "*"),
    ("redshift-data:GetStatementResult", "*"),
    ("redshift-data:CancelStatement", "*"),
    ("redshift-serverless:GetCredentials", f"{SERVERLESS}/{CALLS['resource_id']}"),
    ("redshift-serverless:GetCredentials", f"{SERVERLESS}/11111111-0000-4000-8000-0123456789ab"),
    ("redshift:GetClusterCredentialsWithIAM", f"{REDSHIFT}:dbname:house/dev"),
    ("redshift:GetClusterCredentialsWithIAM", f"{REDSHIFT}:dbname:third/dev"),
    ("redshift:GetClusterCredentials", f"{REDSHIFT.replace(REGION, OTHER)}:dbuser:second/reader"),
    ("redshift:GetClusterCredentials", f"{REDSHIFT.replace(REGION, OTHER)}:dbname:second/dev"),
    ("secretsmanager:GetSecretValue", SECRET),
    ("rds-db:connect", f"{RDS}:db-ABC123/reader"),
    ("athena:StartQueryExecution", f"{WORKGROUP.replace(REGION, OTHER)}/people"),
    ("athena:StartQueryExecution", f"{WORKGROUP}/analyst"),
    ("glue:GetTable", f"{GLUE.replace(REGION, OTHER)}:table/more/orders"),
    ("s3:PutObject", "arn:aws:s3:::out/here/1.csv"),
    ("s3:GetBucketLocation", "arn:aws:s3:::out"),
    ("athena:GetDataCatalog", f"arn:aws:athena:{REGION}:{ACCOUNT}:datacatalog/dynamo"),
    ("athena:ListTableMetadata", f"arn:aws:athena:{REGION}:{ACCOUNT}:datacatalog/dynamo"),
    ("lambda:InvokeFunction", CONNECTOR),
    ("s3:GetObject", "arn:aws:s3:::spilled/1"),
]
MAY_NOT_CALL = [
    ("redshift-data:ExecuteStatement", f"{SERVERLESS}/11111111-0000-4000-8000-0123456789ab"),
    ("redshift-data:ExecuteStatement", f"{REDSHIFT}:cluster:house"),
    ("redshift-data:BatchExecuteStatement", f"{REDSHIFT}:cluster:third"),
    ("redshift-data:ListStatements", "*"),
    ("redshift:GetClusterCredentials", f"{REDSHIFT}:dbuser:house/admin"),
    ("redshift:GetClusterCredentials", f"{REDSHIFT.replace(REGION, OTHER)}:dbuser:second/admin"),
    ("redshift:GetClusterCredentialsWithIAM", f"{REDSHIFT}:dbname:house/other"),
    ("redshift:GetClusterCredentialsWithIAM", f"{REDSHIFT}:dbname:fourth/dev"),
    ("redshift:CreateClusterUser", f"{REDSHIFT}:dbuser:house/new"),
    ("rds-db:connect", f"{RDS}:db-ABC123/admin"),
    ("rds-db:connect", f"{RDS}:db-OTHER/reader"),
    ("athena:StartQueryExecution", f"{WORKGROUP}/people"),
    ("glue:GetTable", f"{GLUE}:table/more/orders"),
    ("glue:GetTable", f"{GLUE}:table/tables/orders"),
    ("s3:PutObject", "arn:aws:s3:::out/elsewhere/1.csv"),
    ("s3:PutObject", "arn:aws:s3:::spilled/1"),
    ("athena:GetDataCatalog", f"arn:aws:athena:{REGION}:{ACCOUNT}:datacatalog/other"),
    ("lambda:InvokeFunction", f"{FUNCTION}:another"),
]


@pytest.mark.parametrize("action, resource", MAY_CALL)
def test_the_worker_may_ask_what_is_declared(synthesize: Synthesize, action: str, resource: str) -> None:
    template = synthesize(**CALLED)["analyst-backend"]
    assert may(template, "data-analyst-worker", action, resource)
    if action not in ("secretsmanager:GetSecretValue",):
        assert not may(template, "data-analyst", action, resource)
        assert not may(template, "querybot", action, resource)


@pytest.mark.parametrize("action, resource", MAY_NOT_CALL)
def test_the_worker_may_ask_nothing_else(synthesize: Synthesize, action: str, resource: str) -> None:
    assert not may(synthesize(**CALLED)["analyst-backend"], "data-analyst-worker", action, resource)


def test_statements_of_others_are_out_of_reach(synthesize: Synthesize) -> None:
    wide = [
        one
        for one in statements(synthesize(**CALLED)["analyst-backend"], "data-analyst-worker")
        if one["Resource"] == "*" and "redshift-data" in str(one["Action"])
    ]
    assert [one["Condition"] for one in wide] == [
        {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}
    ]


@pytest.mark.parametrize(
    "source", [WAREHOUSE, HOUSE, ANALYSTS, LEDGER, CALLS, LAKE], ids=lambda one: one["name"]
)
def test_a_source_grants_what_it_needs_itself_and_no_more(
    synthesize: Synthesize, source: dict[str, Any]
) -> None:
    needed = {
        "warehouse": set(),
        "house": {"redshift:GetClusterCredentialsWithIAM"},
        "analysts": {"redshift-serverless:GetCredentials"},
        "ledger": {"rds-db:connect"},
        "calls": {
            *(f"redshift-data:{one}" for one in ("ExecuteStatement", "DescribeStatement")),
            *("redshift-data:GetStatementResult", "redshift-data:CancelStatement"),
            "redshift-serverless:GetCredentials",
        },
        "lake": {*RUN_ATHENA, *READ_GLUE, "s3:GetBucketLocation"},
    }
    without, having = (
        {
            action
            for one in statements(synthesize(**options)["analyst-backend"], "data-analyst-worker")
            for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
        }
        for options in ({}, {"sources": [source]})
    )
    assert having - without == needed[source["name"]]


def test_models_of_another_region_are_granted_there(synthesize: Synthesize) -> None:
    template = synthesize(model_region="us-east-1", models={"sql": "a.b"})["analyst-backend"]
    assert may(template, "querybot", "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/a.b")
    assert not may(template, "querybot", "bedrock:InvokeModel", f"{MODEL}/a.b")


GLOBAL = {"models": {"sql": "global.anthropic.sql-v1:0"}}
GLOBAL_PROFILE = f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/global.anthropic.sql-v1:0"


@pytest.mark.parametrize(
    "resource",
    [
        GLOBAL_PROFILE,
        f"{MODEL}/anthropic.sql-v1:0",
        "arn:aws:bedrock:ap-southeast-2::foundation-model/anthropic.sql-v1:0",
        "arn:aws:bedrock:::foundation-model/anthropic.sql-v1:0",
    ],
)
def test_a_global_profile_needs_its_model_in_any_region_and_in_none(
    synthesize: Synthesize, resource: str
) -> None:
    assert may(synthesize(**GLOBAL)["analyst-backend"], "querybot", "bedrock:InvokeModel", resource)


@pytest.mark.parametrize(
    "resource",
    [
        GLOBAL_PROFILE.replace("global.", "eu."),
        GLOBAL_PROFILE.replace(REGION, "us-west-2"),
        "arn:aws:bedrock:::foundation-model/anthropic.another-v1:0",
        f"{MODEL}/global.anthropic.sql-v1:0",
    ],
)
def test_a_global_profile_grants_nothing_else(synthesize: Synthesize, resource: str) -> None:
    assert not may(synthesize(**GLOBAL)["analyst-backend"], "querybot", "bedrock:InvokeModel", resource)


def test_the_model_without_a_region_stands_in_the_policy_of_a_global_profile(synthesize: Synthesize) -> None:
    """A wildcard that matches nothing between two colons would do; AWS's own examples write it out."""
    (asks,) = (
        one
        for one in statements(synthesize(**GLOBAL)["analyst-backend"], "querybot")
        if one["Sid"] == "AskItsModels"
    )
    assert sorted(asks["Resource"]) == [
        "arn:aws:bedrock:*::foundation-model/anthropic.sql-v1:0",
        "arn:aws:bedrock:::foundation-model/anthropic.sql-v1:0",
        GLOBAL_PROFILE,
    ]


def test_a_profile_given_by_its_arn_is_granted_with_its_model(synthesize: Synthesize) -> None:
    template = synthesize(models={"sql": PROFILE})["analyst-backend"]
    assert may(template, "querybot", "bedrock:InvokeModel", PROFILE)
    elsewhere = "arn:aws:bedrock:eu-north-1::foundation-model/anthropic.sql-v1:0"
    assert may(template, "querybot", "bedrock:InvokeModel", elsewhere)
    assert not may(template, "querybot", "bedrock:InvokeModel", f"{MODEL}/anthropic.another-v1:0")


def test_with_aliases_only_the_aliases_may_be_invoked(synthesize: Synthesize) -> None:
    template = synthesize(start="provisioned", provisioned_environments=2)["analyst-backend"]
    worker = f"{FUNCTION}:analyst-data-analyst-worker"
    assert may(template, "data-analyst", "lambda:InvokeFunction", f"{worker}:live")
    assert not may(template, "data-analyst", "lambda:InvokeFunction", worker)


@pytest.mark.parametrize("stack", ["backend", "image", "frontend", "observe"])
def test_every_right_is_inline_and_made_here(synthesize: Synthesize, stack: str) -> None:
    template = synthesize(**OPTIONS)[f"analyst-{stack}"]
    assert not resources(template, "AWS::IAM::Policy")
    assert not resources(template, "AWS::IAM::ManagedPolicy")
    for role in resources(template, "AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role
