"""The HTTP interface: a private REST API that only the network's own endpoint reaches, with a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from deployment import Deployment
from pieces.accepted import accept
from pieces.api_log import api_log_account, log_format
from pieces.gateway_errors import add_gateway_errors
from pieces.log_groups import log_group
from pieces.routes import ROUTES, Route

BODIES = Path(__file__).parent / "bodies"
STAGE = "v1"
FILES = ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
"""What is sent as bytes; everything else is text."""


class PrivateApi(Construct):
    """Routes, key, usage plan, limits, access log and error bodies; `url` ends with the stage."""

    api: apigateway.RestApi
    url: str
    key: apigateway.IApiKey
    key_secret: secretsmanager.ISecret

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        function: lambda_.IFunction,
        endpoint: ec2.IInterfaceVpcEndpoint,
    ) -> None:
        super().__init__(scope, id)
        self._deployment = deployment
        self.api = self._api(endpoint)
        self.url = self._url(endpoint)
        self._add_routes(function)
        add_gateway_errors(self.api)
        self.key_secret = self._key_secret()
        self.key = self._key()
        self._accept()

    def _api(self, endpoint: ec2.IInterfaceVpcEndpoint) -> apigateway.RestApi:
        api = apigateway.RestApi(
            self,
            "Rest",
            rest_api_name=self._deployment.name,
            description="Questions in plain words, answers with a receipt",
            endpoint_configuration=apigateway.EndpointConfiguration(
                types=[apigateway.EndpointType.PRIVATE], vpc_endpoints=[endpoint]
            ),
            policy=_only_through(endpoint),
            binary_media_types=FILES,
            cloud_watch_role=False,
            deploy_options=self._stage(),
        )
        # CDK's own output of the address, which an existing network could not resolve.
        api.node.try_remove_child("Endpoint")
        api.deployment_stage.node.add_dependency(api_log_account(self, "LogAccount"))
        return api

    def _url(self, endpoint: ec2.IInterfaceVpcEndpoint) -> str:
        """Its private name; in an existing network, where private names may be off, the one through the endpoint."""
        way = f"-{endpoint.vpc_endpoint_id}" if self._deployment.vpc_id else ""
        return f"https://{self.api.rest_api_id}{way}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}/{STAGE}"

    def _stage(self) -> apigateway.StageOptions:
        deployment = self._deployment
        logs = log_group(self, "Log", name=f"/{deployment.name}/api-access", days=deployment.log_days)
        return apigateway.StageOptions(
            stage_name=STAGE,
            access_log_destination=apigateway.LogGroupLogDestination(logs),
            access_log_format=apigateway.AccessLogFormat.custom(log_format()),
            # API Gateway's own log of an execution may quote a body, and with it a question.
            logging_level=apigateway.MethodLoggingLevel.OFF,
            data_trace_enabled=False,
            tracing_enabled=True,
            throttling_rate_limit=deployment.throttle_rate,
            throttling_burst_limit=deployment.throttle_burst,
        )

    def _add_routes(self, function: lambda_.IFunction) -> None:
        integration = apigateway.LambdaIntegration(function, scope_permission_to_method=False)
        checked = self.api.add_request_validator(
            "Checked", validate_request_body=True, validate_request_parameters=True
        )
        for route in ROUTES:
            self.api.root.resource_for_path(route.path).add_method(
                route.method,
                integration,
                api_key_required=route.key,
                request_validator=checked if route.body else None,
                request_models=self._models(route),
            )

    def _models(self, route: Route) -> dict[str, apigateway.IModel] | None:
        if not route.body:
            return None
        schema: dict[str, Any] = json.loads((BODIES / f"{route.body}.json").read_text(encoding="utf-8"))
        model = apigateway.CfnModel(
            self,
            f"{route.body.capitalize()}Body",
            rest_api_id=self.api.rest_api_id,
            content_type="application/json",
            schema=schema,
        )
        if self.api.latest_deployment:  # a changed schema is deployed, too
            self.api.latest_deployment.add_to_logical_id(schema)
        named = apigateway.Model.from_model_name(self, f"{route.body.capitalize()}Model", model.ref)
        return {"application/json": named}

    def _key_secret(self) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "KeySecret",
            description=f"The API key of {self._deployment.name}",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                password_length=40, exclude_punctuation=True
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
        accept(
            secret,
            {
                "SMG4": "API Gateway takes a key's value once: a new one is given by hand, as docs/operating.md tells."
            },
        )
        return secret

    def _key(self) -> apigateway.IApiKey:
        deployment = self._deployment
        key = apigateway.ApiKey(
            self,
            "Key",
            description=f"What the page of {deployment.name} sends",
            # A dynamic reference: the value is in no template.
            value=self.key_secret.secret_value.unsafe_unwrap(),
        )
        plan = self.api.add_usage_plan(
            "Plan",
            throttle=apigateway.ThrottleSettings(
                rate_limit=deployment.throttle_rate, burst_limit=deployment.throttle_burst
            ),
            api_stages=[apigateway.UsagePlanPerApiStage(api=self.api, stage=self.api.deployment_stage)],
        )
        plan.add_api_key(key)
        return key

    def _accept(self) -> None:
        who = "Callers come through the network's own endpoint and send the API key; data-analyst verifies people."
        accept(
            self.api,
            {
                "APIG3": "Nobody reaches it from the internet; the only way in is one endpoint of the network.",
                "APIG4": who,
                "APIG6": "The log of executions may quote a question; the access log names every request.",
                "COG4": who,
            },
        )


def _only_through(endpoint: ec2.IInterfaceVpcEndpoint) -> iam.PolicyDocument:
    allowed = iam.PolicyStatement(
        principals=[iam.AnyPrincipal()],
        actions=["execute-api:Invoke"],
        resources=["execute-api:/*"],
        conditions={"StringEquals": {"aws:SourceVpce": endpoint.vpc_endpoint_id}},
    )
    return iam.PolicyDocument(statements=[allowed])
