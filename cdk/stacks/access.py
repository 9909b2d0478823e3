"""The way in: a small machine without a public address, which people reach through Session Manager."""

from __future__ import annotations

from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from deployment import Deployment
from pieces.accepted import accept
from stacks.network import NetworkStack


class AccessStack(Stack):
    """The tunnel's machine: no key on it, no port open, and nothing it may reach but the page."""

    def __init__(
        self, scope: Construct, id: str, *, deployment: Deployment, network: NetworkStack, **kwargs: Any
    ) -> None:
        super().__init__(scope, id, description=f"{deployment.name}: access", **kwargs)
        assert network.walls.bastion is not None, "this stack is only made with the option bastion"
        kind = ec2.InstanceType(deployment.bastion_instance)
        self.instance = ec2.Instance(
            self,
            "Bastion",
            instance_name=f"{deployment.name}-bastion",
            vpc=network.vpc,
            vpc_subnets=network.private,
            security_group=network.walls.bastion,
            instance_type=kind,
            machine_image=ec2.MachineImage.latest_amazon_linux2023(cpu_type=_cpu(kind)),
            role=self._role(),
            associate_public_ip_address=False,
            http_tokens=ec2.HttpTokens.REQUIRED,
            block_devices=[_disk()],
        )
        # The subnet says the zone; an existing subnet's zone would stand in the template twice.
        self.instance.instance.add_property_deletion_override("AvailabilityZone")
        accept(
            self.instance,
            {
                "EC28": "It only passes a tunnel on; minutes of metrics would cost more than the machine.",
                "EC29": "It keeps nothing; a new one takes its place in two minutes.",
            },
        )
        CfnOutput(self, "BastionId", value=self.instance.instance_id)
        CfnOutput(self, "BastionZone", value=self.instance.instance_availability_zone)

    def _role(self) -> iam.Role:
        """What the session agent needs, and no more: AWS's managed policy would also read every parameter."""
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        role.add_to_policy(
            iam.PolicyStatement(
                sid="Sessions",
                actions=[
                    "ssm:UpdateInstanceInformation",
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                ],
                resources=["*"],
            )
        )
        accept(role, {"IAM5[Resource::*]": "AWS lets none of the session agent's actions name a resource."})
        return role


def _cpu(kind: ec2.InstanceType) -> ec2.AmazonLinuxCpuType:
    arm = kind.architecture == ec2.InstanceArchitecture.ARM_64
    return ec2.AmazonLinuxCpuType.ARM_64 if arm else ec2.AmazonLinuxCpuType.X86_64


def _disk() -> ec2.BlockDevice:
    volume = ec2.BlockDeviceVolume.ebs(8, encrypted=True, volume_type=ec2.EbsDeviceVolumeType.GP3)
    return ec2.BlockDevice(device_name="/dev/xvda", volume=volume)
