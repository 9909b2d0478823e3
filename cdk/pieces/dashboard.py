"""The dashboard, row by row, in words that need no expert."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from pieces.alarms import Watched

Row = list[cloudwatch.IWidget]
PERIOD = Duration.minutes(5)
MODEL_FIGURES = {"InputTokenCount": "read", "OutputTokenCount": "written"}
"""Bedrock's own counts of tokens."""


def dashboard_rows(watched: Watched, alarms: Sequence[cloudwatch.IAlarm]) -> list[Row]:
    """Alarms on top, then questions, time, errors, page and database."""
    return [
        [_text("## Is something wrong?\nRed means yes; an alarm's description says what to do.")],
        [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=alarms, width=24, height=3)],
        [_text("## Questions and their cost\nEach answer's receipt has the tokens of that one question.")],
        _questions(watched),
        [
            _text(
                "## Time\nHalf are faster than the lower line, nineteen of twenty faster than the upper one."
            )
        ],
        _time(watched),
        [_text("## Errors\nA question in the dead-letter queue crashed its worker twice.")],
        _errors(watched),
        [_text("## The page and the database")],
        _standing(watched),
    ]


def _questions(watched: Watched) -> Row:
    functions = watched.backend.functions
    answered = functions["data-analyst-worker"].metric_invocations(period=PERIOD, label="questions taken up")
    written = functions["querybot"].metric_invocations(period=PERIOD, label="calls of the model")
    asked = watched.backend.api.metric_count(period=PERIOD, statistic="Sum", label="requests")
    return [
        _graph("Questions", answered, written),
        _graph("Requests to the API", asked),
        _graph("Tokens of the models, whole account", *_tokens(watched)),
    ]


def _tokens(watched: Watched) -> list[cloudwatch.IMetric]:
    deployment = watched.deployment
    models = dict.fromkeys(model for model in (deployment.models.sql, deployment.models.words) if model)
    return [
        cloudwatch.Metric(
            namespace="AWS/Bedrock",
            metric_name=figure,
            dimensions_map={"ModelId": model},
            statistic="Sum",
            period=PERIOD,
            label=f"{word} by {model}",
            region=deployment.model_region or None,
        )
        for model in models
        for figure, word in MODEL_FIGURES.items()
    ]


def _time(watched: Watched) -> Row:
    functions, api = watched.backend.functions, watched.backend.api
    worker, querybot = functions["data-analyst-worker"], functions["querybot"]
    return [
        _graph(
            "A question, ms", *(worker.metric_duration(period=PERIOD, statistic=s) for s in ("p50", "p95"))
        ),
        _graph(
            "The model's part, ms",
            *(querybot.metric_duration(period=PERIOD, statistic=s) for s in ("p50", "p95")),
        ),
        _graph("A request, ms", *(api.metric_latency(period=PERIOD, statistic=s) for s in ("p50", "p95"))),
    ]


def _errors(watched: Watched) -> Row:
    functions, api = watched.backend.functions.items(), watched.backend.api
    broken = [each.metric_errors(period=PERIOD, label=name) for name, each in functions]
    full = [each.metric_throttles(period=PERIOD, label=name) for name, each in functions]
    refused = [
        api.metric_client_error(period=PERIOD, statistic="Sum", label="wrong requests (4xx)"),
        api.metric_server_error(period=PERIOD, statistic="Sum", label="our fault (5xx)"),
        watched.backend.dead_letters.metric_approximate_number_of_messages_visible(
            period=PERIOD, statistic="Maximum", label="dead letters"
        ),
    ]
    return [_graph("Broke off", *broken), _graph("No room", *full), _graph("Failed requests", *refused)]


def _standing(watched: Watched) -> Row:
    service, counts = watched.frontend.service, watched.frontend.targets.metrics
    database = watched.data.database
    return [
        _graph(
            "Page: load in percent",
            service.metric_cpu_utilization(period=PERIOD, label="processor"),
            service.metric_memory_utilization(period=PERIOD, label="memory"),
        ),
        _graph(
            "Page: tasks",
            counts.healthy_host_count(period=PERIOD, statistic="Minimum", label="that answer"),
            counts.unhealthy_host_count(period=PERIOD, statistic="Maximum", label="that do not"),
            counts.http_code_target(
                elbv2.HttpCodeTarget.TARGET_5XX_COUNT, period=PERIOD, statistic="Sum", label="errors"
            ),
        ),
        _graph(
            "Database",
            database.metric_cpu_utilization(period=PERIOD, label="processor in percent"),
            database.metric_database_connections(period=PERIOD, statistic="Maximum", label="connections"),
        ),
    ]


def _graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    axis = cloudwatch.YAxisProps(min=0, show_units=False)
    return cloudwatch.GraphWidget(title=title, left=list(metrics), left_y_axis=axis, width=8, height=6)


def _text(markdown: str) -> cloudwatch.TextWidget:
    return cloudwatch.TextWidget(markdown=markdown, width=24, height=2)
