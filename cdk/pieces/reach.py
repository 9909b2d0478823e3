"""What the functions reach, as IAM names it: secrets, parameters, models, and Athena's tables."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import ArnFormat, Aws, Stack

from deployment import Deployment, SourceOptions
from pieces.model_arns import model_arns
from pieces.rights import Rights, athena_rights, federated_rights
from pieces.source_rights import login_rights
from ways import databases, is_federated


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

    def logins(self) -> Rights:
        """Rights to log in where AWS gives logins out; none without such a source."""
        return login_rights(self._deployment.sources)

    def athena(self, *, own_workgroup: str, bucket: str) -> Rights:
        """Rights on Athena's workgroups, tables and data; none without such a source."""
        sources = [source for source in self._deployment.sources if source.engine == "athena"]
        if not sources:
            return {}
        federated = [source for source in sources if is_federated(source)]
        return athena_rights(
            workgroups=self._workgroups(sources, own_workgroup),
            glue=self._glue([source for source in sources if source not in federated]),
            buckets=self._buckets(sources),
            outputs=(f"{bucket}/athena", *self._outputs(sources)),
        ) | federated_rights(
            catalogs=_each(
                self._arn(source, "athena", "datacatalog", source.catalog) for source in federated
            ),
            connectors=_each(arn for source in federated for arn in source.connector_arns),
        )

    def _workgroups(self, sources: Iterable[SourceOptions], own: str) -> tuple[str, ...]:
        return _each(self._arn(source, "athena", "workgroup", source.workgroup or own) for source in sources)

    def _glue(self, sources: Iterable[SourceOptions]) -> tuple[str, ...]:
        """The catalogs of their regions, the databases, and their tables."""
        named = [(source, name) for source in sources for name in databases(source)]
        return (
            *_each(self._catalog(source) for source, _ in named),
            *_each(self._arn(source, "glue", "database", name) for source, name in named),
            *_each(self._arn(source, "glue", "table", f"{name}/*") for source, name in named),
        )

    def _catalog(self, source: SourceOptions) -> str:
        return self._stack.format_arn(
            service="glue",
            resource="catalog",
            region=source.region or None,
            arn_format=ArnFormat.NO_RESOURCE_NAME,
        )

    def _buckets(self, sources: Iterable[SourceOptions]) -> tuple[str, ...]:
        return _each(_s3(name) for source in sources for name in source.data_buckets)

    def _outputs(self, sources: Iterable[SourceOptions]) -> tuple[str, ...]:
        """Folders of results, without a slash behind them."""
        places = (source.output.removeprefix("s3://").rstrip("/") for source in sources)
        return _each(_s3(place) for place in places if place)

    def _arn(self, source: SourceOptions, service: str, resource: str, name: str) -> str:
        return self._stack.format_arn(
            service=service, resource=resource, resource_name=name, region=source.region or None
        )


def _s3(name: str) -> str:
    return f"arn:{Aws.PARTITION}:s3:::{name}"


def _each(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
