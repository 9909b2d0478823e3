"""What the functions reach, as IAM names it: secrets, parameters, models, and Athena's tables."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import ArnFormat, Aws, Stack

from deployment import Deployment, SourceOptions
from pieces.model_arns import model_arns
from pieces.rights import Rights, athena_rights


class Reach:
    """ARNs that follow from the options of a deployment."""

    def __init__(self, stack: Stack, *, deployment: Deployment) -> None:
        self._stack, self._deployment = stack, deployment
        models, region = deployment.models, deployment.model_region or Aws.REGION
        self.parameters = stack.format_arn(service="ssm", resource="parameter", resource_name=deployment.name)
        """The folder of parameters."""
        self.models = model_arns(stack, ids=(models.sql, models.words, *models.allowed), region=region)
        """The models that querybot asks."""
        embeds = deployment.embedder == "bedrock"
        self.embedding = model_arns(stack, ids=(models.embedding,) if embeds else (), region=region)
        """The model that the worker asks; none where it has its own."""
        self.source_secrets = tuple(dict.fromkeys(s.secret_arn for s in deployment.sources if s.secret_arn))

    def athena(self, *, own_workgroup: str, bucket: str) -> Rights:
        """Rights on Athena's workgroups, tables and data; none without such a source."""
        sources = [source for source in self._deployment.sources if source.engine == "athena"]
        if not sources:
            return {}
        return athena_rights(
            workgroups=self._workgroups({source.workgroup or own_workgroup for source in sources}),
            glue=self._glue(sources),
            buckets=self._buckets(sources),
            results_bucket=bucket,
        )

    def _workgroups(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._arn("athena", "workgroup", name) for name in sorted(names))

    def _glue(self, sources: Iterable[SourceOptions]) -> tuple[str, ...]:
        names = sorted(
            {name for source in sources for name in (*source.glue_databases, source.database) if name}
        )
        databases = tuple(self._arn("glue", "database", name) for name in names)
        tables = tuple(self._arn("glue", "table", f"{name}/*") for name in names)
        catalog = self._stack.format_arn(
            service="glue", resource="catalog", arn_format=ArnFormat.NO_RESOURCE_NAME
        )
        return (catalog, *databases, *tables)

    def _buckets(self, sources: Iterable[SourceOptions]) -> tuple[str, ...]:
        names = sorted({name for source in sources for name in source.data_buckets})
        return tuple(f"arn:{Aws.PARTITION}:s3:::{name}" for name in names)

    def _arn(self, service: str, resource: str, name: str) -> str:
        return self._stack.format_arn(service=service, resource=resource, resource_name=name)
