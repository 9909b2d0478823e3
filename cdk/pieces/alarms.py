"""What is worth waking somebody for, each with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from deployment import Deployment

if TYPE_CHECKING:
    from stacks.backend import BackendStack
    from stacks.data import DataStack
    from stacks.frontend import FrontendStack

GIGABYTE = 1024**3
COMPONENTS = {"data-analyst": "data-analyst", "data-analyst-worker": "worker", "querybot": "querybot"}
"""What `view_logs.sh` calls each function."""
SLOW_REQUEST_MS = 5_000
SLOW_QUESTION_MS = 180_000
SHARE = 0.8
"""Of the database's connections, as of its storage, how much may be in use."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What is looked at."""

    deployment: Deployment
    data: DataStack
    backend: BackendStack
    frontend: FrontendStack


@dataclass(frozen=True, kw_only=True)
class Danger:
    """One alarm: it goes off when the metric reaches the threshold in so many of the last periods."""

    name: str
    metric: cloudwatch.IMetric
    threshold: float
    say: str
    """What happened, and what to do."""
    periods: int = 1
    falls: bool = False
    """True where little is bad, as with free storage."""


def alarms(scope: Construct, watched: Watched) -> list[cloudwatch.Alarm]:
    """An alarm for each danger, named after the deployment."""
    return [_alarm(scope, watched.deployment, danger) for danger in dangers(watched)]


def dangers(watched: Watched) -> Iterator[Danger]:
    """All of them: functions, questions, API, page, database."""
    yield from _functions(watched)
    yield from _questions(watched)
    yield from _page(watched)
    yield from _database(watched)


def _functions(watched: Watched) -> Iterator[Danger]:
    for name, function in watched.backend.functions.items():
        yield Danger(
            name=f"{name}-errors",
            metric=function.metric_errors(period=Duration.minutes(5)),
            threshold=1,
            say=f"{name} broke off. Read its log: ./view_logs.sh {COMPONENTS[name]} -s 1h",
        )
        yield Danger(
            name=f"{name}-throttles",
            metric=function.metric_throttles(period=Duration.minutes(5)),
            threshold=1,
            say=(
                f"More calls of {name} came at once than it has room for. If it happens often, raise its "
                "concurrency in the options, and with it database_max_connections."
            ),
        )


def _questions(watched: Watched) -> Iterator[Danger]:
    functions, api = watched.backend.functions, watched.backend.api
    yield Danger(
        name="dead-letters",
        metric=watched.backend.dead_letters.metric_approximate_number_of_messages_visible(
            period=Duration.minutes(5), statistic="Maximum"
        ),
        threshold=1,
        say=(
            "A question crashed its worker twice. Look at the message in the dead-letter queue, follow its id "
            "with ./view_logs.sh worker, then delete the message."
        ),
    )
    yield Danger(
        name="api-5xx",
        metric=api.metric_server_error(period=Duration.minutes(5), statistic="Sum"),
        threshold=1,
        say=(
            "A request failed on our side. Find its id with ./view_logs.sh api -s 1h, then follow it with "
            "./view_logs.sh all --request ID"
        ),
    )
    yield Danger(
        name="api-slow",
        metric=api.metric_latency(period=Duration.minutes(5), statistic="p95"),
        threshold=SLOW_REQUEST_MS,
        periods=3,
        say="One request in twenty takes over 5 s. Look at the database's processor and connections first.",
    )
    yield Danger(
        name="questions-slow",
        metric=functions["data-analyst-worker"].metric_duration(period=Duration.minutes(15), statistic="p95"),
        threshold=SLOW_QUESTION_MS,
        periods=2,
        say="One question in twenty takes over 3 minutes. Look at the receipts: is it the model or the source?",
    )


def _page(watched: Watched) -> Iterator[Danger]:
    counts = watched.frontend.targets.metrics
    yield Danger(
        name="page-unhealthy",
        metric=counts.unhealthy_host_count(period=Duration.minutes(1), statistic="Maximum"),
        threshold=1,
        periods=5,
        say="A task of the page does not answer. Read why: ./view_logs.sh page -s 1h. ECS starts another by itself.",
    )
    yield Danger(
        name="page-5xx",
        metric=counts.http_code_target(
            elbv2.HttpCodeTarget.TARGET_5XX_COUNT, period=Duration.minutes(5), statistic="Sum"
        ),
        threshold=5,
        say="The page answers with errors. Read its log: ./view_logs.sh page -s 1h",
    )


def _database(watched: Watched) -> Iterator[Danger]:
    database, deployment = watched.data.database, watched.deployment
    yield Danger(
        name="database-cpu",
        metric=database.metric_cpu_utilization(period=Duration.minutes(5)),
        threshold=80,
        periods=3,
        say="The database's processor is busy for 15 minutes. If that stays, take a larger database_instance.",
    )
    yield Danger(
        name="database-storage",
        metric=database.metric_free_storage_space(period=Duration.minutes(5), statistic="Minimum"),
        threshold=round(deployment.database_storage_gb * (1 - SHARE) * GIGABYTE),
        falls=True,
        say="Less than a fifth of the database's storage is free. Raise database_storage_gb and deploy.",
    )
    yield Danger(
        name="database-connections",
        metric=database.metric_database_connections(period=Duration.minutes(5), statistic="Maximum"),
        threshold=round(deployment.database_max_connections * SHARE),
        say="Four of five of the database's connections are in use. Raise database_max_connections, or use the proxy.",
    )


def _alarm(scope: Construct, deployment: Deployment, danger: Danger) -> cloudwatch.Alarm:
    compare = cloudwatch.ComparisonOperator
    return cloudwatch.Alarm(
        scope,
        danger.name,
        alarm_name=f"{deployment.name}-{danger.name}",
        alarm_description=danger.say,
        metric=danger.metric,
        threshold=danger.threshold,
        evaluation_periods=danger.periods,
        comparison_operator=(
            compare.LESS_THAN_OR_EQUAL_TO_THRESHOLD
            if danger.falls
            else compare.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
        ),
        # Nobody asks at night, and that is no danger.
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
