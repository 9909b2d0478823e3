"""The network: a new one, or an existing one by its ids, with its walls and the private API's endpoint."""

from __future__ import annotations

from typing import Any

from aws_cdk import Annotations, CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from deployment import Deployment
from pieces.doors import needed_doors
from pieces.log_groups import log_group
from pieces.walls import HTTPS, Walls

ZONES = 2
"""What the database and the load balancer ask for; more would only cost more."""


class NetworkStack(Stack):
    """Private subnets for what runs, isolated ones for the database, public ones for nothing but NAT."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment, **kwargs: Any) -> None:
        super().__init__(scope, id, description=f"{deployment.name}: network", **kwargs)
        self.vpc: ec2.IVpc = self._existing(deployment) if deployment.vpc_id else self._new(deployment)
        self.private = ec2.SubnetSelection(subnets=self._subnets("private"))
        self.isolated = ec2.SubnetSelection(subnets=self._subnets("isolated"))
        self.walls = Walls(self, "Walls", vpc=self.vpc, deployment=deployment)
        self.api_endpoint = self._api_endpoint(deployment)
        if not deployment.vpc_id and deployment.egress == "endpoints":
            for door, service in needed_doors(deployment).items():
                self._door(door, service)
        CfnOutput(self, "VpcId", value=self.vpc.vpc_id)

    def _new(self, deployment: Deployment) -> ec2.Vpc:
        nat = deployment.egress == "nat"
        inside = ec2.SubnetType.PRIVATE_WITH_EGRESS if nat else ec2.SubnetType.PRIVATE_ISOLATED
        public = ec2.SubnetConfiguration(
            name="public", subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
        )
        vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(deployment.vpc_cidr),
            max_azs=ZONES,
            nat_gateways=deployment.nat_gateways if nat else 0,
            subnet_configuration=[
                *([public] if nat else []),
                ec2.SubnetConfiguration(name="private", subnet_type=inside),
                ec2.SubnetConfiguration(name="isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            ],
            # The default group would be emptied by a custom resource; nothing here is ever put into it.
            restrict_default_security_group=False,
        )
        private = ec2.SubnetSelection(subnet_group_name="private")
        # Free, and saves what results and images would cost through NAT.
        vpc.add_gateway_endpoint("Storage", service=ec2.GatewayVpcEndpointAwsService.S3, subnets=[private])
        self._flow_log(vpc, deployment)
        return vpc

    def _flow_log(self, vpc: ec2.Vpc, deployment: Deployment) -> None:
        group = log_group(self, "Flow", name=f"/{deployment.name}/flow", days=deployment.log_days)
        vpc.add_flow_log("FlowLog", destination=ec2.FlowLogDestination.to_cloud_watch_logs(group))

    def _existing(self, deployment: Deployment) -> ec2.IVpc:
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=deployment.vpc_id,
            availability_zones=list(deployment.availability_zones),
            private_subnet_ids=list(deployment.private_subnet_ids),
            private_subnet_names=["private"],
            isolated_subnet_ids=list(deployment.isolated_subnet_ids),
            isolated_subnet_names=["isolated"],
        )
        # Its owner keeps its routes; nothing here reads or changes them.
        Annotations.of(vpc).acknowledge_warning("@aws-cdk/aws-ec2:noSubnetRouteTableId")
        return vpc

    def _subnets(self, group: str) -> list[ec2.ISubnet]:
        return self.vpc.select_subnets(subnet_group_name=group).subnets

    def _api_endpoint(self, deployment: Deployment) -> ec2.IInterfaceVpcEndpoint:
        if deployment.api_endpoint_id:
            return ec2.InterfaceVpcEndpoint.from_interface_vpc_endpoint_attributes(
                self, "Api", vpc_endpoint_id=deployment.api_endpoint_id, port=HTTPS
            )
        # Private names for APIs would hide other private and public APIs from an existing network's tenants.
        named = not deployment.vpc_id
        return self._door("Api", ec2.InterfaceVpcEndpointAwsService.APIGATEWAY, named=named)

    def _door(
        self, id: str, service: ec2.InterfaceVpcEndpointAwsService, *, named: bool = True
    ) -> ec2.InterfaceVpcEndpoint:
        return ec2.InterfaceVpcEndpoint(
            self,
            id,
            vpc=self.vpc,
            service=service,
            subnets=self.private,
            security_groups=[self.walls.endpoints],
            private_dns_enabled=named,
            # Who may come in is said by the walls, not by the network's address range.
            open=False,
        )
