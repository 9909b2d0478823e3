"""What the account may cost in a month before somebody is told."""

from __future__ import annotations

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

from deployment import Deployment

WARN_AT_PERCENT = 80


def monthly_budget(
    scope: Construct, id: str, *, deployment: Deployment, topic: sns.ITopic
) -> budgets.CfnBudget:
    """Warns at 80 % of what is allowed, and when the month is about to pass all of it; it stops nothing.

    It counts the whole account: costs can be told apart by tags only where these were activated for billing.
    """
    subscriber = budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)
    return budgets.CfnBudget(
        scope,
        id,
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=f"{deployment.name}-monthly",
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=deployment.monthly_budget_usd, unit="USD"),
        ),
        notifications_with_subscribers=[
            budgets.CfnBudget.NotificationWithSubscribersProperty(
                notification=budgets.CfnBudget.NotificationProperty(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                ),
                subscribers=[subscriber],
            )
            for kind, percent in (("ACTUAL", WARN_AT_PERCENT), ("FORECASTED", 100))
        ],
    )
