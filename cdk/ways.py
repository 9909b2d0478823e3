"""The way to each source: which of AWS's services are called, as whom, and what has to be granted for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from deployment import Deployment, SourceOptions

OWN_CATALOG = "AwsDataCatalog"
"""What Athena calls the account's own Glue catalog; every other is a federated one."""
CERTIFICATES = "/opt/certificates"
"""Where the functions find the certificate authorities of sources: a layer has them."""
RDS_BUNDLE = "/opt/rds/global-bundle.pem"
"""Where they find those of RDS: the same layer has them."""
_SERVERLESS = re.compile(r"([a-z0-9-]+)\.\d{12}\.([a-z0-9-]+)\.redshift-serverless\.amazonaws\.com(?:\.cn)?")
_PROVISIONED = re.compile(r"([a-z0-9-]+)\.[a-z0-9]+\.([a-z0-9-]+)\.redshift\.amazonaws\.com(?:\.cn)?")
_RDS = re.compile(r".+\.([a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?")
_IN_RDS = re.compile(r".+\.rds(?:\.[a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?")
_PROXY = re.compile(r".+\.proxy-[a-z0-9]+\..+")


@dataclass(frozen=True, kw_only=True)
class Place:
    """What AWS knows a database by: one of both names, and a region (empty for the deployment's own)."""

    workgroup: str = ""
    cluster: str = ""
    region: str = ""


def place_of(source: SourceOptions) -> Place:
    """As the options say, and where they do not, as AWS's own host names do."""
    host = source.address.rpartition(":")[0].lower()
    serverless, provisioned = _SERVERLESS.fullmatch(host), _PROVISIONED.fullmatch(host)
    found = serverless or provisioned
    named = _RDS.fullmatch(host)
    region = source.region or (found[2] if found else named[1] if named else "")
    if source.workgroup or source.cluster or not found:
        return Place(workgroup=source.workgroup, cluster=source.cluster, region=region)
    if serverless:
        return Place(workgroup=found[1], region=region)
    return Place(cluster=found[1], region=region)


def by_data_api(source: SourceOptions) -> bool:
    """True for a Redshift that is asked by calls of AWS in place of a connection."""
    return source.engine == "redshift" and source.via == "data-api"


def is_federated(source: SourceOptions) -> bool:
    """True for tables that are not in the account's own Glue catalog."""
    return source.engine == "athena" and source.catalog.lower() not in ("", OWN_CATALOG.lower())


def databases(source: SourceOptions) -> tuple[str, ...]:
    """The databases that Athena reads, the one that is asked by default first."""
    named = (source.database, *source.databases, *source.glue_databases)
    return tuple(dict.fromkeys(name for name in named if name))


def called(source: SourceOptions) -> tuple[str, ...]:
    """AWS's services that the worker calls to ask it, as endpoints name them."""
    if source.engine == "athena":
        return ("athena",) if is_federated(source) else ("athena", "glue")
    if by_data_api(source):
        return ("redshift-data",)
    if source.engine == "redshift" and source.login == "iam":
        return ("redshift-serverless",) if place_of(source).workgroup else ("redshift",)
    return ()


def certificates(source: SourceOptions) -> str:
    """Where the functions find its certificate authority; empty for none of its own."""
    return f"{CERTIFICATES}/{PurePath(source.ca).name}" if source.ca else ""


def tls(source: SourceOptions) -> str:
    """How its connection is encrypted; empty where there is none."""
    if not source.address:
        return ""
    verified = source.engine == "redshift" or source.ca or in_rds(source)
    return source.tls or ("verify-full" if verified else "require")


def in_rds(source: SourceOptions) -> bool:
    """True for a host of RDS, Aurora or RDS Proxy, whose authorities the functions know."""
    return bool(_IN_RDS.fullmatch(source.address.rpartition(":")[0].lower()))


def needs_bundle(source: SourceOptions) -> bool:
    """True where it is verified by the authorities of RDS; RDS Proxy has a certificate that public roots sign."""
    default = source.engine == "postgres" and not source.ca and in_rds(source)
    return default and tls(source).startswith("verify-") and not _PROXY.fullmatch(source.address.lower())


def bundle_needed(deployment: Deployment) -> bool:
    """True where the product's own database or a source is verified by the authorities of RDS."""
    own = deployment.database_tls == "verify-full" and not deployment.database_proxy
    return own or any(map(needs_bundle, deployment.sources))


def uses(source: SourceOptions) -> Iterator[tuple[str, str, str]]:
    """What has to be granted for it: a key, the word for it, the value; values may be empty."""
    yield "addresses", "the address", source.address
    yield "secrets", "the secret", source.secret_arn
    yield "security_groups", "the security group", source.security_group_id
    yield "certificates", "the certificates", PurePath(source.ca).name
    yield "certificates", "the certificates of RDS", RDS_BUNDLE if needs_bundle(source) else ""
    if source.engine != "athena":
        yield "logins", "the login", _login(source)
        return
    yield "workgroups", "the workgroup", source.workgroup
    yield "regions", "Athena's region", source.region
    yield "outputs", "the output", source.output
    yield "catalogs", "the catalog", source.catalog if is_federated(source) else ""
    yield from (("connectors", "the connector", arn) for arn in source.connector_arns)
    own = () if is_federated(source) else databases(source)
    yield from (("glue_databases", "the Glue database", name) for name in own)
    yield from (("data_buckets", "the bucket", name) for name in source.data_buckets)


def _login(source: SourceOptions) -> str:
    """Everything that decides which rights a login by IAM needs, in one line."""
    if not by_data_api(source) and source.login != "iam":
        return ""
    place = place_of(source)
    where = (place.workgroup or place.cluster, source.resource_id, place.region)
    kind = "data-api" if by_data_api(source) else source.engine
    return " ".join(filter(None, (kind, *where, source.database, source.user)))
