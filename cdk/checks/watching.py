"""The way in and the watch."""

from __future__ import annotations

from checks.refusing import between, like, refuse
from deployment import Deployment

LOG_DAYS = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""What CloudWatch Logs accepts."""


def watch(deployment: Deployment) -> None:
    """The way in, the logs, alarms and the budget are such as AWS has."""
    what = "an instance type such as t4g.nano"
    like("bastion_instance", deployment.bastion_instance, r"[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9]+", what)
    if deployment.log_days not in LOG_DAYS:
        refuse("log_days", f"CloudWatch takes {', '.join(map(str, LOG_DAYS))}, not {deployment.log_days}.")
    if deployment.alarm_email:
        like("alarm_email", deployment.alarm_email, r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")
    between("monthly_budget_usd", deployment.monthly_budget_usd, low=0, high=10_000_000)
