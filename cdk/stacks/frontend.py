"""The page: tasks on Fargate behind an internal load balancer, as many as the load asks for."""

from __future__ import annotations

from typing import Any, cast

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from deployment import Deployment
from pieces.accepted import accept
from pieces.balancer import Balancer
from pieces.page_task import PageTask
from pieces.walls import PAGE_PORT, settled
from stacks.backend import BackendStack
from stacks.image import ImageStack
from stacks.network import NetworkStack

CPU_PERCENT = 60
MEMORY_PERCENT = 75
REQUESTS_PER_TASK = 600
"""A minute; a page at work sends about one a second."""


class FrontendStack(Stack):
    """Browser -> load balancer -> page -> API; nothing of it is on the internet."""

    balancer: elbv2.ApplicationLoadBalancer
    targets: elbv2.ApplicationTargetGroup

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        deployment: Deployment,
        network: NetworkStack,
        backend: BackendStack,
        image: ImageStack | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, description=f"{deployment.name}: page", **kwargs)
        self._deployment, self._network = deployment, network
        way = Balancer(
            self,
            "Way",
            deployment=deployment,
            vpc=network.vpc,
            subnets=network.private,
            wall=settled(self, "BalancerWall", network.walls.balancer),
        )
        self.balancer, self.targets = way.balancer, way.targets
        task = PageTask(
            self,
            "Task",
            deployment=deployment,
            image=image,
            api_url=backend.api_url,
            api_key=backend.api_key_secret,
        )
        if deployment.oidc_issuer:
            self._tell_the_signer()
        self.cluster = self._cluster()
        self.service = self._service(task)
        self._scale()
        self._outputs()

    def _tell_the_signer(self) -> None:
        """data-analyst believes no load balancer but this one, of which its own stack, made before, knows nothing."""
        document = {"signer": self.balancer.load_balancer_arn}
        ssm.StringParameter(
            self,
            "Entrance",
            parameter_name=f"/{self._deployment.name}/entrance",
            description="Which load balancer signs what it says of people",
            string_value=self.to_json_string(document),
        )

    def _cluster(self) -> ecs.Cluster:
        cluster = ecs.Cluster(self, "Cluster", vpc=self._network.vpc)
        accept(
            cluster,
            {"ECS4": "The service's own figures are on the dashboard; Insights are paid by the metric."},
        )
        return cluster

    def _service(self, task: PageTask) -> ecs.FargateService:
        service = ecs.FargateService(
            self,
            "Service",
            cluster=self.cluster,
            task_definition=task.definition,
            assign_public_ip=False,
            vpc_subnets=self._network.private,
            security_groups=[settled(self, "PageWall", self._network.walls.page)],
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            health_check_grace_period=Duration.seconds(60),
            enable_execute_command=False,
        )
        # How many run is the scaling's to say; a number here would take it back at each deployment.
        cast(ecs.CfnService, service.node.find_child("Service")).desired_count = None
        self.targets.add_target(service.load_balancer_target(container_name="page", container_port=PAGE_PORT))
        return service

    def _scale(self) -> None:
        deployment = self._deployment
        tasks = self.service.auto_scale_task_count(
            min_capacity=deployment.ui_tasks_min, max_capacity=deployment.ui_tasks_max
        )
        tasks.scale_on_cpu_utilization("Cpu", target_utilization_percent=CPU_PERCENT)
        tasks.scale_on_memory_utilization("Memory", target_utilization_percent=MEMORY_PERCENT)
        tasks.scale_on_request_count(
            "Requests", requests_per_target=REQUESTS_PER_TASK, target_group=self.targets
        )

    def _outputs(self) -> None:
        address = self.balancer.load_balancer_dns_name
        domain = self._deployment.ui_domain or address
        url = f"https://{domain}" if self._deployment.certificate_arn else f"http://{domain}"
        values = {
            "PageUrl": url,
            "LoadBalancerDns": address,
            "ClusterName": self.cluster.cluster_name,
            "ServiceName": self.service.service_name,
        }
        for key, value in values.items():
            CfnOutput(self, key, value=value)
