"""Who may do what: one table a role, and nothing else gives a right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct

from pieces.accepted import accept
from pieces.nag_names import nag_name


@dataclass(frozen=True, kw_only=True)
class Right:
    """Actions that are allowed on resources."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    """ARNs."""
    wide: Mapping[str, str] = field(default_factory=dict)
    """Why a resource with a wildcard is no narrower: {the resource: the reason}."""
    denied: bool = False
    """Forbidden instead, whatever else allows it."""
    conditions: Mapping[str, Any] = field(default_factory=dict)


Rights = dict[str, Right]
"""By a name in CamelCase that says what the right is for."""

WRITE_FILE = ("s3:PutObject", "s3:AbortMultipartUpload")
INVOKE = ("lambda:InvokeFunction",)
ASK_MODEL = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ec2:DescribeSubnets",
)
RUN_ATHENA = (
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
)
READ_CATALOG = ("athena:GetDataCatalog", "athena:ListDatabases", "athena:ListTableMetadata")
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")
READ_GLUE = (
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
)


def querybot_rights(*, log: str, models: Iterable[str]) -> Rights:
    """It talks to its models and reaches no data."""
    return {
        "AskItsModels": _ask(tuple(models), actions=ASK_MODEL),
        **every_function(log=log),
    }


def data_analyst_rights(
    *, log: str, function: str, secret: str, parameters: str, bucket: str, invokes: Iterable[str]
) -> Rights:
    """It takes questions in and shows answers; a worker answers them."""
    return {
        "ReadStateSecret": Right(actions=("secretsmanager:GetSecretValue",), resources=(secret,)),
        "ReadParameters": _read_parameters(parameters),
        "ReadFiles": _files(bucket, "results", "exports", "configuration", action="s3:GetObject"),
        "WriteExports": _files(bucket, "exports", action=WRITE_FILE),
        "FindFiles": _find_files(bucket),
        "InvokeWorkerAndQuerybot": Right(actions=INVOKE, resources=tuple(invokes)),
        **every_function(log=log),
        **inside_vpc(function=function),
    }


def worker_rights(
    *,
    log: str,
    function: str,
    secrets: Iterable[str],
    parameters: str,
    bucket: str,
    embedding: Iterable[str],
    invokes: Iterable[str],
    dead_letters: str,
) -> Rights:
    """It answers questions: reads its secrets, embeds, stores results, has querybot write SQL."""
    asks = {"AskEmbeddingModel": _ask(tuple(embedding), actions=ASK_MODEL[:1])} if embedding else {}
    return {
        "ReadSecrets": Right(actions=("secretsmanager:GetSecretValue",), resources=tuple(secrets)),
        "ReadParameters": _read_parameters(parameters),
        "ReadFiles": _files(bucket, "results", "exports", "configuration", "metadata", action="s3:GetObject"),
        "WriteResults": _files(bucket, "results", "exports", action=WRITE_FILE),
        "FindFiles": _find_files(bucket),
        **asks,
        "InvokeQuerybot": Right(actions=INVOKE, resources=tuple(invokes)),
        "ReportDeadLetters": Right(actions=("sqs:SendMessage",), resources=(dead_letters,)),
        **every_function(log=log),
        **inside_vpc(function=function),
    }


def athena_rights(
    *, workgroups: Iterable[str], glue: Iterable[str], buckets: Iterable[str], outputs: Iterable[str]
) -> Rights:
    """What the worker needs besides where Athena is asked; `outputs` are the folders of results."""
    buckets, glue, outputs = tuple(buckets), tuple(glue), tuple(outputs)
    objects = tuple(f"{bucket}/*" for bucket in buckets)
    data = {"ReadData": _any_below(objects, action="s3:GetObject", why="Tables are folders of files.")}
    kept = tuple(dict.fromkeys(output.partition("/")[0] for output in outputs))
    listing = Right(
        actions=("s3:GetBucketLocation", "s3:ListBucket"), resources=tuple(dict.fromkeys((*buckets, *kept)))
    )
    tables = _any_below(glue, action=READ_GLUE, why="The named databases' tables, whichever there are.")
    return {
        "RunAthena": Right(actions=RUN_ATHENA, resources=tuple(workgroups)),
        **({"ReadGlue": tables} if glue else {}),
        "FindData": listing,
        **(data if buckets else {}),
        "KeepAthenaResults": _any_below(
            tuple(f"{output}/*" for output in outputs),
            action=("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"),
            why="Athena names each result file itself.",
        ),
    }


def federated_rights(*, catalogs: Iterable[str], connectors: Iterable[str]) -> Rights:
    """What Athena's federated catalogs need, which it reads as the worker; none without."""
    catalogs, connectors = tuple(catalogs), tuple(connectors)
    return {
        **({"ReadCatalogs": Right(actions=READ_CATALOG, resources=catalogs)} if catalogs else {}),
        **({"InvokeConnectors": Right(actions=INVOKE, resources=connectors)} if connectors else {}),
    }


def image_build_rights(*, log: str, repository: str, source: str, source_bucket: str) -> Rights:
    """CodeBuild reads one source and pushes to one repository."""
    return {
        "ReadSource": Right(actions=("s3:GetObject", "s3:GetObjectVersion"), resources=(source,)),
        "FindSource": Right(actions=("s3:GetBucketLocation",), resources=(source_bucket,)),
        "SignInToRegistry": _registry_token(),
        "PushImage": Right(
            actions=(
                *PULL,
                "ecr:InitiateLayerUpload",
                "ecr:UploadLayerPart",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
            ),
            resources=(repository,),
        ),
        "WriteLog": _write_log(log),
    }


def page_start_rights(*, log: str, repository: str, secret: str) -> Rights:
    """What ECS does before the page runs: fetch its image and the API's key, open its log.

    `repository` is empty for an image that is not in ECR.
    """
    image = {
        "SignInToRegistry": _registry_token(),
        "PullImage": Right(actions=PULL, resources=(repository,)),
    }
    return {
        **(image if repository else {}),
        "ReadApiKey": Right(actions=("secretsmanager:GetSecretValue",), resources=(secret,)),
        "WriteLog": _write_log(log),
    }


def every_function(*, log: str) -> Rights:
    """Writing its own log and its traces."""
    everywhere = "X-Ray knows no resources: AWS allows these actions on * only."
    return {
        "WriteLog": _write_log(log),
        "WriteTraces": Right(
            actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
            resources=("*",),
            wide={"*": everywhere},
        ),
    }


def inside_vpc(*, function: str) -> Rights:
    """What Lambda does in this role's name to reach the VPC, and the function's own code may not."""
    return {
        "JoinVpc": Right(
            actions=INTERFACES,
            resources=("*",),
            wide={
                "*": "Lambda makes the interfaces itself, before they have names; the code is denied the same."
            },
        ),
        "NotByCode": Right(
            actions=INTERFACES,
            resources=("*",),
            denied=True,
            conditions={"ArnEquals": {"lambda:SourceFunctionArn": function}},
        ),
    }


def role(scope: Construct, id: str, *, service: str, rights: Rights, description: str) -> iam.IRole:
    """A role with exactly these rights; what CDK would add by itself is left out."""
    document = iam.PolicyDocument(statements=[_statement(sid, right) for sid, right in rights.items()])
    made = iam.Role(
        scope,
        id,
        assumed_by=iam.ServicePrincipal(service),
        description=description,
        inline_policies={"rights": document} if rights else None,
    )
    for right in rights.values():
        accept(made, {_finding(made, resource): why for resource, why in right.wide.items()})
    # By its ARN, as somebody else's role: to that, no construct adds anything.
    return iam.Role.from_role_arn(scope, f"{id}AsItIs", made.role_arn, mutable=False)


def _finding(role: iam.Role, resource: str) -> str:
    return f"IAM5[Resource::{nag_name(Stack.of(role), resource)}]"


def _statement(sid: str, right: Right) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=sid,
        effect=iam.Effect.DENY if right.denied else iam.Effect.ALLOW,
        actions=list(right.actions),
        resources=list(right.resources),
        conditions=dict(right.conditions) or None,
    )


def _ask(models: tuple[str, ...], *, actions: tuple[str, ...]) -> Right:
    why = "An inference profile sends a question to any region of its geography; the model is exact."
    return Right(actions=actions, resources=models, wide={arn: why for arn in models if ":bedrock:*:" in arn})


def _write_log(log: str) -> Right:
    return Right(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(log,))


def _registry_token() -> Right:
    return Right(
        actions=("ecr:GetAuthorizationToken",),
        resources=("*",),
        wide={"*": "ECR's token is the account's: AWS allows this action on * only."},
    )


def _read_parameters(folder: str) -> Right:
    return Right(
        actions=("ssm:GetParameters",),
        resources=(f"{folder}/*",),
        wide={f"{folder}/*": "Its own folder of parameters, which holds nothing else."},
    )


def _find_files(bucket: str) -> Right:
    """Without it S3 says 403 in place of 404, and what has expired looks like a missing right."""
    return Right(actions=("s3:ListBucket",), resources=(bucket,))


def _files(bucket: str, *folders: str, action: str | tuple[str, ...]) -> Right:
    return _any_below(
        tuple(f"{bucket}/{folder}/*" for folder in folders),
        action=action,
        why="Each question names its own files.",
    )


def _any_below(resources: tuple[str, ...], *, action: str | tuple[str, ...], why: str) -> Right:
    actions = (action,) if isinstance(action, str) else action
    return Right(actions=actions, resources=resources, wide={r: why for r in resources if r.endswith("*")})
