"""The endpoints through which a network without NAT reaches AWS's services: those that the options need."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2

from deployment import Deployment
from ways import called

_Service = ec2.InterfaceVpcEndpointAwsService


def needed_doors(deployment: Deployment) -> dict[str, ec2.InterfaceVpcEndpointAwsService]:
    """The services that private subnets call, by the endpoint's id; the private API's own endpoint is not among them.

    Each costs by the hour and zone, so none is there for nothing: querybot runs outside of the network, and with
    MiniLM nothing inside of it calls Bedrock.
    """
    doors = {
        "Lambda": _Service.LAMBDA_,
        "SecretsManager": _Service.SECRETS_MANAGER,
        "Parameters": _Service.SSM,
        "Logs": _Service.CLOUDWATCH_LOGS,
        # Whose ticket it is that a tunnel brings: without NAT nobody comes in by any other way.
        "Identity": _Service.STS,
        "Traces": _Service.XRAY,
    }
    if deployment.bastion:
        doors["Sessions"] = _Service.SSM_MESSAGES
    if deployment.embedder == "bedrock" and not deployment.bedrock_endpoint_url:
        doors["Bedrock"] = _Service.BEDROCK_RUNTIME
    called_by_sources = {service for source in deployment.sources for service in called(source)}
    doors |= {id: door for service, (id, door) in _of_sources().items() if service in called_by_sources}
    # The page's image: ECR is the only registry that such a network reaches.
    doors["Images"] = _Service.ECR
    doors["ImageLayers"] = _Service.ECR_DOCKER
    return doors


def _of_sources() -> dict[str, tuple[str, ec2.InterfaceVpcEndpointAwsService]]:
    """Services by which sources are asked: the endpoint's id, and the endpoint."""
    return {
        "athena": ("Athena", _Service.ATHENA),
        "glue": ("Glue", _Service.GLUE),
        "redshift-data": ("RedshiftData", _Service.REDSHIFT_DATA),
        "redshift-serverless": ("RedshiftServerless", _Service.REDSHIFT_SERVERLESS),
        "redshift": ("Redshift", _Service.REDSHIFT),
    }
