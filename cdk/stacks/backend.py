"""The functions and the private API before them: who calls whom, and what each may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deployment import Deployment
from pieces.dead_letters import dead_letter_queue
from pieces.environment import data_analyst_environment, identity_environment, querybot_environment
from pieces.function import Calls, Measure, Own, Place, ProductFunction, Spec
from pieces.granted import granted_parameter
from pieces.private_api import PrivateApi
from pieces.program import Program
from pieces.reach import Reach
from pieces.rights import Rights, data_analyst_rights, querybot_rights, worker_rights
from stacks.data import DataStack
from stacks.network import NetworkStack

DATA_ANALYST_HANDLER = "data-analyst/lambda_function.handler"
QUERYBOT_HANDLER = "querybot/lambda_function.handler"


class BackendStack(Stack):
    """API -> data-analyst -> (asynchronously) data-analyst-worker -> querybot -> Bedrock."""

    api: apigateway.RestApi
    api_url: str
    api_key: apigateway.IApiKey
    api_key_secret: secretsmanager.ISecret
    functions: Mapping[str, lambda_.Function]
    dead_letters: sqs.Queue

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        network: NetworkStack,
        data: DataStack,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, description=f"{deployment.name}: functions and API", **kwargs)
        self._deployment, self._network, self._data = deployment, network, data
        # An export by name: what cdk-nag accepts below is then called the same before and after synth.
        self._bucket_arn = data.export_value(data.bucket.bucket_arn)
        self._program = Program(self, "Program", deployment=deployment)
        self._reach = Reach(self, deployment=deployment)
        self.dead_letters = dead_letter_queue(self, "DeadLetters")
        granted_parameter(self, "Granted", deployment=deployment, workgroup=data.workgroup)

        querybot = self._querybot()
        worker = self._worker(querybot.target)
        data_analyst = self._data_analyst(worker.target, querybot.target)
        made = {"data-analyst": data_analyst, "data-analyst-worker": worker, "querybot": querybot}
        self.functions = {name: each.function for name, each in made.items()}
        self._tidy_every_day(worker.target)
        self._serve(data_analyst.target)
        self._outputs()

    def _querybot(self) -> ProductFunction:
        """Writes SQL and words with a model; outside the VPC, without store or secret."""
        deployment = self._deployment
        spec = Spec(
            name=f"{deployment.name}-querybot",
            handler=QUERYBOT_HANDLER,
            measure=Measure(memory_mb=512, seconds=120, concurrency=deployment.querybot_concurrency),
            environment=querybot_environment(deployment),
            rights=lambda own: querybot_rights(log=own.log, models=self._reach.models),
            layers=[self._program.base],
        )
        return self._function("Querybot", spec)

    def _worker(self, querybot: lambda_.IFunction) -> ProductFunction:
        """Answers one question: reaches state, files and sources, and has querybot write SQL."""
        deployment, program = self._deployment, self._program
        spec = Spec(
            name=f"{deployment.name}-data-analyst-worker",
            handler=DATA_ANALYST_HANDLER,
            measure=Measure(
                memory_mb=2048, seconds=900, disk_mb=4096, concurrency=deployment.worker_concurrency
            ),
            environment=self._environment(querybot),
            rights=lambda own: self._worker_rights(own, querybot),
            layers=[program.base, program.data, *program.embedding, *program.certificates],
            place=self._place(self._network.walls.worker),
            calls=Calls(
                retries=1,
                longest_wait=Duration.hours(1),
                on_failure=destinations.SqsDestination(self.dead_letters),
            ),
            # Its disk is larger than a snapshot may have, and nobody waits for its start.
            snapshots=False,
        )
        return self._function("Worker", spec)

    def _data_analyst(self, worker: lambda_.IFunction, querybot: lambda_.IFunction) -> ProductFunction:
        """Serves HTTP: takes questions in, shows what becomes of them."""
        deployment, program = self._deployment, self._program
        spec = Spec(
            name=f"{deployment.name}-data-analyst",
            handler=DATA_ANALYST_HANDLER,
            measure=Measure(memory_mb=1024, seconds=29, concurrency=deployment.api_concurrency),
            environment=self._environment(querybot)
            | identity_environment(deployment)
            | {"ANALYST_WORKER": worker.function_name},
            rights=lambda own: self._data_analyst_rights(own, worker, querybot),
            layers=[program.base, program.data, *program.certificates],
            place=self._place(self._network.walls.functions),
        )
        return self._function("DataAnalyst", spec)

    def _function(self, id: str, spec: Spec) -> ProductFunction:
        return ProductFunction(self, id, deployment=self._deployment, program=self._program, spec=spec)

    def _place(self, wall: ec2.ISecurityGroup) -> Place:
        return Place(vpc=self._network.vpc, subnets=self._network.private, wall=wall)

    def _environment(self, querybot: lambda_.IFunction) -> dict[str, str]:
        return data_analyst_environment(
            self._deployment,
            secret=self._data.secret.secret_arn,
            address=self._data.proxy_address,
            bucket=self._data.bucket.bucket_name,
            querybot=querybot.function_name,
        )

    def _worker_rights(self, own: Own, querybot: lambda_.IFunction) -> Rights:
        data, reach = self._data, self._reach
        of_sources = reach.logins() | reach.athena(own_workgroup=data.workgroup, bucket=self._bucket_arn)
        rights = worker_rights(
            log=own.log,
            function=own.function,
            secrets=(data.secret.secret_arn, *reach.source_secrets),
            parameters=reach.parameters,
            bucket=self._bucket_arn,
            embedding=reach.embedding,
            invokes=(querybot.function_arn,),
            dead_letters=self.dead_letters.queue_arn,
        )
        return rights | of_sources

    def _data_analyst_rights(self, own: Own, *invokes: lambda_.IFunction) -> Rights:
        return data_analyst_rights(
            log=own.log,
            function=own.function,
            secret=self._data.secret.secret_arn,
            parameters=self._reach.parameters,
            bucket=self._bucket_arn,
            invokes=tuple(function.function_arn for function in invokes),
        )

    def _tidy_every_day(self, worker: lambda_.IFunction) -> None:
        event = events.RuleTargetInput.from_object({"operation": "tidy"})
        events.Rule(
            self,
            "EveryDay",
            description="Old questions and results are removed",
            schedule=events.Schedule.cron(hour="3", minute="0"),
            targets=[targets.LambdaFunction(worker, event=event, retry_attempts=1)],
        )

    def _serve(self, data_analyst: lambda_.IFunction) -> None:
        served = PrivateApi(
            self,
            "Api",
            deployment=self._deployment,
            function=data_analyst,
            endpoint=self._network.api_endpoint,
        )
        self.api, self.api_url = served.api, served.url
        self.api_key, self.api_key_secret = served.key, served.key_secret

    def _outputs(self) -> None:
        functions = self.functions
        values = {
            "ApiUrl": self.api_url,
            "ApiId": self.api.rest_api_id,
            "ApiKeyId": self.api_key.key_id,
            "ApiKeySecretArn": self.api_key_secret.secret_arn,
            "DeadLetterQueueUrl": self.dead_letters.queue_url,
            "DataAnalystName": functions["data-analyst"].function_name,
            "WorkerName": functions["data-analyst-worker"].function_name,
            "QuerybotName": functions["querybot"].function_name,
        }
        for key, value in values.items():
            CfnOutput(self, key, value=value)
        # In an existing VPC the URL has the endpoint's id in it, which the linter takes for a mere copy of that id.
        if self._deployment.vpc_id:
            self.template_options.metadata = {"cfn-lint": {"config": {"ignore_checks": ["W6001"]}}}
