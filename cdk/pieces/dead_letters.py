"""Where questions go whose worker crashed: a person looks at them, nothing else reads them."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from pieces.accepted import accept


def dead_letter_queue(scope: Construct, id: str) -> sqs.Queue:
    """Encrypted, over TLS only, kept for 14 days."""
    queue = sqs.Queue(
        scope,
        id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
        removal_policy=RemovalPolicy.DESTROY,
    )
    accept(queue, {"SQS3": "This is the dead-letter queue itself."})
    return queue
