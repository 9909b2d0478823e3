"""What was granted at the last deployment: `deploy.sh configure` may refer to it without a new one."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Stack
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from deployment import Deployment
from ways import RDS_BUNDLE, bundle_needed, uses


def granted_parameter(
    scope: Construct, id: str, *, deployment: Deployment, workgroup: str
) -> ssm.StringParameter:
    """The parameter `/<name>/granted`, a JSON document of lists; `workgroup` is the deployment's own."""
    models = deployment.models
    document = {
        "models": _each((models.sql, models.words, *models.allowed)),
        "embedding": _each([models.embedding] if deployment.embedder == "bedrock" else []),
        **_of_sources(deployment, workgroup=workgroup),
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


def _of_sources(deployment: Deployment, *, workgroup: str) -> dict[str, list[str]]:
    certificates = [RDS_BUNDLE] if bundle_needed(deployment) else []
    found: dict[str, list[str]] = {"workgroups": [workgroup], "certificates": certificates}
    for source in deployment.sources:
        for key, _, value in uses(source):
            found.setdefault(key, []).append(value)
    kept = {key: _each(values) for key, values in found.items()}
    return {key: values for key, values in kept.items() if values}


def _each(values: Iterable[str]) -> list[str]:
    """Without what is empty or was there already."""
    return [value for value in dict.fromkeys(values) if value]
