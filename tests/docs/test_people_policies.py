"""The policies for people: enough for the scripts, and no more than that."""

from __future__ import annotations

import json

import pytest
from calls import DEPLOYING, OPERATING, ROOT, actions, calls
from grants import Context, Policy

POLICIES = ROOT / "docs" / "policies"
DEPLOYER = Policy(POLICIES / "deployer.json")
OPERATOR = Policy(POLICIES / "operator.json")
LARGEST = 6_144
"""Characters, blanks aside, that IAM takes of a managed policy."""

PLACE = "eu-central-1:123456789012"
BASTION = f"arn:aws:ec2:{PLACE}:instance/i-0123456789abcdef0"
TUNNEL: Context = {
    "ssm:resourceTag/Name": "analyst-bastion",
    "aws:ResourceTag/Name": "analyst-bastion",
    "ec2:osuser": "ec2-user",
    "ssm:SessionDocumentAccessCheck": "true",
}
ANY = "*"
STACK = f"arn:aws:cloudformation:{PLACE}:stack/analyst-data/1234"
BUCKET = "arn:aws:s3:::analyst-data-bucket83908e77-1a2b3c"
LOG = f"arn:aws:logs:{PLACE}:log-group:/aws/lambda/analyst-data-analyst-worker:*"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:analyst-data-analyst"
LAYER = f"arn:aws:lambda:{PLACE}:layer:ProgramBase41A1B2C3"
REPOSITORY = f"arn:aws:ecr:{PLACE}:repository/analyst-image-images05b3a3d9-1a2b"
PROJECT = f"arn:aws:codebuild:{PLACE}:project/Build45A36621-1a2b"
SERVICE = (
    f"arn:aws:ecs:{PLACE}:service/analyst-frontend-ClusterEB0386A7-1a/analyst-frontend-Service9571FDD8-1a"
)
QUEUE = f"arn:aws:sqs:{PLACE}:analyst-backend-DeadLetters5B5E5A5C-1a2b"
DATABASE = f"arn:aws:rds:{PLACE}:db:analyst-database"


def parameter(name: str) -> str:
    return f"arn:aws:ssm:{PLACE}:parameter/{name}"


ON = {
    "cloudformation": STACK,
    "codebuild": PROJECT,
    "ecr": REPOSITORY,
    "logs": LOG,
    "lambda:InvokeFunction": FUNCTION,
    "lambda:GetFunctionConcurrency": FUNCTION,
    "lambda:ListLayerVersions": LAYER,
    "lambda:DeleteLayerVersion": f"{LAYER}:3",
    "logs:DescribeLogGroups": ANY,
    "ecs:DescribeServices": SERVICE,
    "sqs:GetQueueAttributes": QUEUE,
    "rds:DescribeDBInstances": DATABASE,
    "rds:ModifyDBInstance": DATABASE,
    "ssm:GetParameter": parameter("analyst/granted"),
    "ssm:PutParameter": parameter("analyst/models"),
    "ssm:DeleteParameter": parameter("analyst/models"),
    "ssm:StartSession": BASTION,
    "ec2-instance-connect:SendSSHPublicKey": BASTION,
    "ec2:StartInstances": BASTION,
    "s3:GetObject": f"{BUCKET}/configuration/models-0123456789ab.json",
    "s3:PutObject": f"{BUCKET}/configuration/models-0123456789ab.json",
    "s3:DeleteObject": f"{BUCKET}/results/1",
    "s3:DeleteObjectVersion": f"{BUCKET}/results/1",
    "s3:GetBucketLocation": BUCKET,
    "s3:GetBucketTagging": BUCKET,
    "s3:ListBucketVersions": BUCKET,
    "s3:DeleteBucket": BUCKET,
}
"""What an action, or else a whole service, is used on; what is not here is asked of nothing in particular."""
TOLD_TO_PEOPLE = {("rds", "restore-db-instance-from-db-snapshot"), ("rds", "delete-db-snapshot")}
"""Said at the end of `destroy`, for whoever may do it: it is no part of deploying."""


def used_on(action: str) -> str:
    """The resource that the scripts use an action on."""
    return ON.get(action, ON.get(action.partition(":")[0], ANY))


def lacking(policy: Policy, needed: set[tuple[str, str]]) -> list[str]:
    """The calls, with their actions, that a policy does not allow."""
    return [
        f"aws {' '.join(call)} needs {action}"
        for call in sorted(needed)
        for action in actions(call)
        if not policy.allows(action, used_on(action), TUNNEL)
    ]


def test_the_scripts_calls_are_found() -> None:
    found = calls([*DEPLOYING, *OPERATING])
    assert len(found) > 50
    assert {
        ("ssm", "start-session"),
        ("ec2-instance-connect", "send-ssh-public-key"),
        ("service-quotas", "get-service-quota"),
        ("ec2", "describe-vpcs"),
        ("ec2", "describe-security-group-rules"),
        ("s3", "cp"),
        ("s3api", "delete-objects"),
        ("rds", "describe-db-instances"),
    } <= found


def test_who_deploys_may_do_all_that_deploying_calls() -> None:
    assert not lacking(DEPLOYER, calls(DEPLOYING) - TOLD_TO_PEOPLE)


def test_who_deploys_takes_the_roles_of_the_cdk_and_no_others() -> None:
    roles = "arn:aws:iam::123456789012:role/"
    assert DEPLOYER.allows("sts:AssumeRole", f"{roles}cdk-hnb659fds-deploy-role-123456789012-eu-central-1")
    assert not DEPLOYER.allows("sts:AssumeRole", f"{roles}Administrator")
    assert DEPLOYER.allows("ssm:GetParameter", parameter("cdk-bootstrap/hnb659fds/version"))


def test_who_operates_may_do_all_that_operating_calls() -> None:
    assert not lacking(OPERATOR, calls(OPERATING))


def test_who_operates_may_use_the_tunnels_document() -> None:
    assert OPERATOR.allows("ssm:StartSession", f"arn:aws:ssm:{PLACE}:document/AWS-StartSSHSession", TUNNEL)


@pytest.mark.parametrize("kind", ["sources", "models", "policies"])
def test_who_operates_may_configure(kind: str) -> None:
    assert OPERATOR.allows("ssm:PutParameter", parameter(f"analyst/{kind}"))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("cloudformation:DeleteStack", STACK),
        ("cloudformation:UpdateStack", STACK),
        ("cloudformation:UpdateTerminationProtection", STACK),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{PLACE}:secret:DatabaseSecret-AbCdEf"),
        ("iam:PassRole", "arn:aws:iam::123456789012:role/analyst-backend-WorkerRole"),
        ("iam:CreateRole", "arn:aws:iam::123456789012:role/mine"),
        (
            "sts:AssumeRole",
            "arn:aws:iam::123456789012:role/cdk-hnb659fds-deploy-role-123456789012-eu-central-1",
        ),
        ("lambda:InvokeFunction", f"{FUNCTION}-worker"),
        ("lambda:InvokeFunction", f"arn:aws:lambda:{PLACE}:function:analyst-querybot"),
        ("lambda:UpdateFunctionCode", FUNCTION),
        ("rds:ModifyDBInstance", DATABASE),
        ("rds:DeleteDBInstance", DATABASE),
        ("s3:GetObject", f"{BUCKET}/results/0f0e0d0c.rows"),
        ("s3:GetObject", f"{BUCKET}/exports/0f0e0d0c.csv"),
        ("s3:DeleteObject", f"{BUCKET}/configuration/models-0123456789ab.json"),
        ("ssm:PutParameter", parameter("analyst/granted")),
        ("ssm:PutParameter", parameter("cdk-bootstrap/hnb659fds/version")),
        ("ssm:GetParameter", parameter("someone/elses")),
        ("bedrock:InvokeModel", "arn:aws:bedrock:eu-central-1::foundation-model/any"),
        ("logs:DeleteLogGroup", LOG),
        ("logs:FilterLogEvents", f"arn:aws:logs:{PLACE}:log-group:/aws/lambda/billing:*"),
        ("ssm:StartSession", f"arn:aws:ssm:{PLACE}:document/SSM-SessionManagerRunShell"),
        ("ssm:SendCommand", BASTION),
    ],
)
def test_who_operates_may_not(action: str, resource: str) -> None:
    assert not OPERATOR.allows(action, resource, TUNNEL)


@pytest.mark.parametrize(
    ("action", "context"),
    [
        ("ssm:StartSession", {"ssm:resourceTag/Name": "payroll"}),
        ("ssm:StartSession", {**TUNNEL, "ssm:SessionDocumentAccessCheck": "false"}),
        ("ec2-instance-connect:SendSSHPublicKey", {**TUNNEL, "ec2:osuser": "root"}),
        ("ec2-instance-connect:SendSSHPublicKey", {**TUNNEL, "aws:ResourceTag/Name": "payroll"}),
        ("ec2:StartInstances", {"aws:ResourceTag/Name": "payroll"}),
    ],
)
def test_the_tunnel_leads_to_the_bastion_only(action: str, context: Context) -> None:
    assert not OPERATOR.allows(action, BASTION, context)


@pytest.mark.parametrize("policy", [DEPLOYER, OPERATOR], ids=["deployer", "operator"])
def test_no_action_has_a_wildcard_and_writing_is_tied_to_something(policy: Policy) -> None:
    reading = ("Describe", "Get", "List")
    for action, resource in policy.actions():
        assert "*" not in action
        assert resource != "*" or action.partition(":")[2].startswith(reading), action


@pytest.mark.parametrize("policy", [DEPLOYER, OPERATOR], ids=["deployer", "operator"])
def test_iam_takes_the_policy_and_names_are_unique(policy: Policy) -> None:
    assert len("".join(json.dumps(policy.document).split())) <= LARGEST
    names = [statement["Sid"] for statement in policy.document["Statement"]]
    assert len(set(names)) == len(names) and all(name.isalnum() for name in names)
    assert all(statement["Effect"] == "Allow" for statement in policy.document["Statement"])
