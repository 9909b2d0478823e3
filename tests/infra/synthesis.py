"""Templates as `cdk synth` makes them: the same flags, no account, no cloud."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from aws_cdk import App

from deployment import Deployment
from documenting.composing import app_module, new_app
from options import read_deployment
from stacks.access import AccessStack
from stacks.data import DataStack
from stacks.network import NetworkStack

Template = Mapping[str, Any]
Templates = Mapping[str, Template]
Compose = Callable[[App, Deployment], object]

ENDPOINTS: Mapping[str, Any] = {"egress": "endpoints"}
EXISTING: Mapping[str, Any] = {
    "vpc_id": "vpc-0123456789abcdef0",
    "availability_zones": ["eu-central-1a", "eu-central-1b"],
    "private_subnet_ids": ["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"],
    "isolated_subnet_ids": ["subnet-0cccccccccccccccc", "subnet-0dddddddddddddddd"],
}
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:warehouse-AbCdEf"
WAREHOUSE: Mapping[str, Any] = {
    "name": "warehouse",
    "engine": "redshift",
    "address": "warehouse.example.com:5439",
    "database": "dwh",
    "secret_arn": SECRET,
    "security_group_id": "sg-0123456789abcdef0",
}
LAKE: Mapping[str, Any] = {
    "name": "lake",
    "engine": "athena",
    "glue_databases": ["lake"],
    "data_buckets": ["lake"],
}
CALLS: Mapping[str, Any] = {
    "name": "calls",
    "engine": "redshift",
    "via": "data-api",
    "workgroup": "analysts",
    "resource_id": "0a1b2c3d-0000-4000-8000-0123456789ab",
    "database": "dev",
}
"""Redshift by the Data API."""
ANALYSTS: Mapping[str, Any] = {
    "name": "analysts",
    "engine": "redshift",
    "address": "analysts.123456789012.eu-central-1.redshift-serverless.amazonaws.com:5439",
    "resource_id": "0a1b2c3d-0000-4000-8000-0123456789ab",
    "database": "dev",
    "login": "iam",
}
"""Redshift Serverless over the wire, by IAM."""
HOUSE: Mapping[str, Any] = {
    "name": "house",
    "engine": "redshift",
    "address": "house.abc123.eu-central-1.redshift.amazonaws.com:5439",
    "database": "dev",
    "login": "iam",
}
"""A cluster of Redshift over the wire, by IAM."""
LEDGER: Mapping[str, Any] = {
    "name": "ledger",
    "engine": "postgres",
    "address": "ledger.abc123.eu-central-1.rds.amazonaws.com:5432",
    "resource_id": "db-ABC123",
    "database": "ledger",
    "login": "iam",
    "user": "reader",
}
"""Postgres by IAM."""
FEDERATED: Mapping[str, Any] = {
    "name": "dynamo",
    "engine": "athena",
    "workgroup": "people",
    "output": "s3://people/results",
    "database": "default",
    "catalog": "dynamo",
    "connector_arns": ["arn:aws:lambda:eu-central-1:123456789012:function:connector"],
    "data_buckets": ["spilled"],
}
"""A federated catalog, asked in a workgroup of one's own."""
OIDC: Mapping[str, Any] = {
    "certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b",
    "ui_domain": "ask.example.com",
    "oidc_issuer": "https://id.example.com",
    "oidc_authorization_endpoint": "https://id.example.com/authorize",
    "oidc_token_endpoint": "https://id.example.com/token",
    "oidc_user_info_endpoint": "https://id.example.com/user",
    "oidc_client_id": "page",
    "oidc_client_secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:oidc-AbCdEf",
}
"""Signing in at the load balancer."""
EVERYTHING: Mapping[str, Any] = {
    **ENDPOINTS,
    "tags": {"team": "data"},
    "database_multi_az": True,
    "database_proxy": True,
    "start": "provisioned",
    "embedder": "minilm",
    "models": {
        "sql": "eu.anthropic.sql-v1:0",
        "words": "global.anthropic.words-v1:0",
        "allowed": ["a.b-v1:0"],
    },
    "sources": [WAREHOUSE, LAKE, CALLS, ANALYSTS, HOUSE, LEDGER, FEDERATED],
    "ui_domain": "data.example.com",
    "certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
    "ui_client_cidrs": ["10.9.0.0/16"],
    "alarm_email": "team@example.com",
    "monthly_budget_usd": 300,
}
"""Every part that is optional, where no way leads to the internet: so without signing in by OIDC."""
OPTION_SETS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "everything": EVERYTHING,
    "existing": {**EXISTING, "database_rotation_days": 0, "database_deletion_protection": False},
}
PARTS = ("network", "data", "backend", "image", "frontend", "access", "observe")


def whole(app: App, deployment: Deployment) -> None:
    """Every stack."""
    app_module().compose(app, deployment)


def groundwork(app: App, deployment: Deployment) -> None:
    """The stacks the others stand on, without their code and layers: network, data and access."""
    network = NetworkStack(app, f"{deployment.name}-network", deployment=deployment)
    DataStack(app, f"{deployment.name}-data", deployment=deployment, network=network)
    if deployment.bastion:
        AccessStack(app, f"{deployment.name}-access", deployment=deployment, network=network)


def synthesized(compose: Compose, options: Mapping[str, Any]) -> Templates:
    """The templates by stack id."""
    with tempfile.TemporaryDirectory() as folder:
        app = new_app(Path(folder))
        compose(app, read_deployment(dict(options), None))
        return {stack.stack_name: cast(Template, stack.template) for stack in app.synth().stacks}


def resources(template: Template, kind: str) -> dict[str, Any]:
    """The properties of every resource of that type, by logical id."""
    return {
        name: one.get("Properties", {}) for name, one in template["Resources"].items() if one["Type"] == kind
    }
