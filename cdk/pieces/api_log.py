"""What API Gateway writes about each request, and the role that it writes with."""

from __future__ import annotations

import json

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from constructs import Construct

from pieces.accepted import accept

FIELDS = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    "route": "$context.resourcePath",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
    "function_milliseconds": "$context.integrationLatency",
    "function_error": "$context.integration.error",
    "gateway_error": "$context.error.responseType",
    "api_key_id": "$context.identity.apiKeyId",
    "trace": "$context.xrayTraceId",
}
"""No body, no query string, no header, and no text of an error that may quote one: tokens and tickets are in them."""

LOG_ACTIONS = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
]


def log_format() -> str:
    """One JSON object a line."""
    return json.dumps(FIELDS)


def api_log_account(scope: Construct, id: str) -> apigateway.CfnAccount:
    """The setting, one per account and region, that lets API Gateway write logs at all."""
    role = iam.Role(
        scope,
        f"{id}Role",
        assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
        description="API Gateway writes access logs, of every API of this account and region",
        inline_policies={"rights": _rights()},
    )
    accept(
        role,
        {
            "IAM5[Resource::*]": "The setting serves every API of the account; API Gateway refuses a role with less."
        },
    )
    account = apigateway.CfnAccount(scope, id, cloud_watch_role_arn=role.role_arn)
    # Other APIs of the account go on logging when this deployment is gone.
    for kept in (role, account):
        kept.apply_removal_policy(RemovalPolicy.RETAIN)
    return account


def _rights() -> iam.PolicyDocument:
    writing = iam.PolicyStatement(sid="WriteLogs", actions=LOG_ACTIONS, resources=["*"])
    return iam.PolicyDocument(statements=[writing])
