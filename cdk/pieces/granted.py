"""What was granted at the last deployment: `deploy.sh configure` may refer to it without a new one."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from deployment import Deployment


def granted_parameter(
    scope: Construct, id: str, *, deployment: Deployment, workgroup: str
) -> ssm.StringParameter:
    """The parameter `/<name>/granted`, a JSON document of lists; `workgroup` is the deployment's own."""
    sources, models = deployment.sources, deployment.models
    document = {
        "addresses": _each(source.address for source in sources),
        "secrets": _each(source.secret_arn for source in sources),
        "models": _each((models.sql, models.words, *models.allowed)),
        "embedding": _each([models.embedding] if deployment.embedder == "bedrock" else []),
        "workgroups": _each((workgroup, *(source.workgroup for source in sources))),
        "security_groups": _each(source.security_group_id for source in sources),
        "glue_databases": _each(
            name
            for source in sources
            if source.engine == "athena"
            for name in (source.database, *source.glue_databases)
        ),
        "data_buckets": _each(name for source in sources for name in source.data_buckets),
    }
    return ssm.StringParameter(
        scope,
        id,
        parameter_name=f"/{deployment.name}/granted",
        description="What sources and models may refer to without a new deployment",
        # A document of many sources may outgrow a standard parameter.
        tier=ssm.ParameterTier.INTELLIGENT_TIERING,
        string_value=Stack.of(scope).to_json_string(document),
    )


def _each(values: Iterable[str]) -> list[str]:
    """Without what is empty or was there already."""
    return [value for value in dict.fromkeys(values) if value]
