"""Where the local cloud is."""

from __future__ import annotations

ACCOUNT = "000000000000"
REGION = "eu-central-2"
"""A region for which version 1 of the AWS command line has no hosts of its own: in the older ones it sends what
is meant for SQS and RDS to AWS itself, whatever AWS_ENDPOINT_URL says."""
