"""Log groups that people find by their names and that forget in time."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs
from constructs import Construct


def log_group(scope: Construct, id: str, *, name: str, days: int) -> logs.LogGroup:
    """A log group of that name whose lines are kept for that many days; it goes with the deployment."""
    group = logs.LogGroup(scope, id, log_group_name=name, removal_policy=RemovalPolicy.DESTROY)
    resource = group.node.default_child
    assert isinstance(resource, logs.CfnLogGroup)
    # The construct takes names such as ONE_MONTH only; CloudFormation, and our option, take days.
    resource.retention_in_days = days
    return group
