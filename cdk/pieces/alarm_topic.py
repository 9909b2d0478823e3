"""Where alarms go: an encrypted topic, and an e-mail address when one is given."""

from __future__ import annotations

from aws_cdk import Aws, Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from deployment import Deployment

SENDERS = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com")
"""Who writes to the topic; the key that AWS manages for SNS would shut both out."""


def alarm_topic(scope: Construct, id: str, *, deployment: Deployment) -> sns.Topic:
    """A topic with a key of its own, which this account's alarms and budgets may use and nobody else."""
    topic = sns.Topic(
        scope,
        id,
        display_name=f"{deployment.name} alarms",
        master_key=_key(scope, f"{id}Key", deployment=deployment),
        enforce_ssl=True,
    )
    topic.add_to_resource_policy(_publishing(topic))
    if deployment.alarm_email:
        topic.add_subscription(subscriptions.EmailSubscription(deployment.alarm_email))
    return topic


def _key(scope: Construct, id: str, *, deployment: Deployment) -> kms.Key:
    key = kms.Key(
        scope,
        id,
        description=f"Alarms of {deployment.name} on their way",
        enable_key_rotation=True,
        pending_window=Duration.days(7),
        removal_policy=RemovalPolicy.DESTROY,
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="LetAlarmsBeSent",
            principals=[iam.ServicePrincipal(sender) for sender in SENDERS],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
            conditions=_own_account(),
        )
    )
    return key


def _publishing(topic: sns.Topic) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid="LetAlarmsBeSent",
        principals=[iam.ServicePrincipal(sender) for sender in SENDERS],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions=_own_account(),
    )


def _own_account() -> dict[str, dict[str, str]]:
    return {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
