"""What the worker may do to ask sources whose logins AWS gives out: Redshift, and Postgres by IAM."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Aws

from deployment import SourceOptions
from pieces.rights import Right, Rights
from ways import by_data_api, place_of

FOLLOW_STATEMENTS = (
    "redshift-data:DescribeStatement",
    "redshift-data:GetStatementResult",
    "redshift-data:CancelStatement",
)
_OWN = {"StringEquals": {"redshift-data:statement-owner-iam-userid": "${aws:userid}"}}


def login_rights(sources: Iterable[SourceOptions]) -> Rights:
    """By the Data API and by `login` "iam"; nothing for sources with a password of their own."""
    asked = [source for source in sources if by_data_api(source) or source.login == "iam"]
    redshift = [source for source in asked if source.engine == "redshift"]
    unnamed = [source for source in redshift if not source.secret_arn]
    workgroups = [source for source in unnamed if place_of(source).workgroup]
    clusters = [source for source in unnamed if place_of(source).cluster]
    return {
        **_data_api([source for source in redshift if by_data_api(source)]),
        **_right("LogInToWorkgroups", "redshift-serverless:GetCredentials", map(_workgroup, workgroups)),
        **_right(
            "LogInToClusters",
            "redshift:GetClusterCredentials",
            (arn for source in clusters if source.user for arn in (_user(source), _database(source))),
        ),
        **_right(
            "LogInToClustersAsRole",
            "redshift:GetClusterCredentialsWithIAM",
            (_database(source) for source in clusters if not source.user),
        ),
        **_right(
            "LogInToPostgres",
            "rds-db:connect",
            (_arn(s, "rds-db", f"dbuser:{s.resource_id}/{s.user}") for s in asked if s.engine == "postgres"),
        ),
    }


def _data_api(sources: list[SourceOptions]) -> Rights:
    if not sources:
        return {}
    places = (_workgroup(s) if place_of(s).workgroup else _cluster(s) for s in sources)
    follow = Right(
        actions=FOLLOW_STATEMENTS,
        resources=("*",),
        wide={"*": "Statements have no ARNs; the condition leaves the worker's own."},
        conditions=_OWN,
    )
    return {**_right("RunByDataApi", "redshift-data:ExecuteStatement", places), "FollowStatements": follow}


def _right(name: str, action: str, resources: Iterable[str]) -> Rights:
    found = tuple(sorted(set(resources)))
    return {name: Right(actions=(action,), resources=found)} if found else {}


def _workgroup(source: SourceOptions) -> str:
    return _arn(source, "redshift-serverless", f"workgroup/{source.resource_id}")


def _cluster(source: SourceOptions) -> str:
    return _arn(source, "redshift", f"cluster:{place_of(source).cluster}")


def _user(source: SourceOptions) -> str:
    return _arn(source, "redshift", f"dbuser:{place_of(source).cluster}/{source.user}")


def _database(source: SourceOptions) -> str:
    return _arn(source, "redshift", f"dbname:{place_of(source).cluster}/{source.database}")


def _arn(source: SourceOptions, service: str, what: str) -> str:
    region = place_of(source).region or Aws.REGION
    return f"arn:{Aws.PARTITION}:{service}:{region}:{Aws.ACCOUNT_ID}:{what}"
