"""A new network or an existing one, and the way out of it."""

from __future__ import annotations

import re

from checks.page import SIGN_IN
from checks.private_networks import private_network
from checks.refusing import between, like, like_all, one_of, refuse
from checks.shapes import REGION
from deployment import Deployment

_ECR = rf"\d{{12}}\.dkr\.ecr\.{REGION}\.amazonaws\.com(?:\.cn)?/\S+"


def new_network(deployment: Deployment) -> None:
    """A new VPC has private addresses, and nothing of an existing one is given with it."""
    one_of("egress", deployment.egress, ("nat", "endpoints"))
    between("nat_gateways", deployment.nat_gateways, low=1, high=2)
    network = private_network("vpc_cidr", deployment.vpc_cidr)
    if not 16 <= network.prefixlen <= 24:
        refuse("vpc_cidr", f"must be between /16 and /24, not /{network.prefixlen}.")
    if deployment.vpc_id:
        return
    for key in ("availability_zones", "private_subnet_ids", "isolated_subnet_ids"):
        if getattr(deployment, key):
            refuse(key, "belongs to an existing VPC; give vpc_id, too.")
    if deployment.existing_endpoints or deployment.api_endpoint_id:
        key = "existing_endpoints" if deployment.existing_endpoints else "api_endpoint_id"
        refuse(key, "belongs to an existing VPC; give vpc_id, too.")


def existing_network(deployment: Deployment) -> None:
    """An existing VPC comes with zones, and a subnet of each kind in each."""
    if not deployment.vpc_id:
        return
    like("vpc_id", deployment.vpc_id, r"vpc-[0-9a-f]{8,17}", "a VPC's id such as vpc-0123456789abcdef0")
    for key, default in (("egress", "nat"), ("nat_gateways", 1), ("vpc_cidr", "10.20.0.0/16")):
        if getattr(deployment, key) != default:
            refuse(key, "is for a new VPC; leave it out with vpc_id, whose subnets bring their own way out.")
    zones = deployment.availability_zones
    if not zones:
        refuse("availability_zones", "is missing: with vpc_id the zones of its subnets are needed.")
    like_all("availability_zones", zones, REGION + "[a-z]", "a zone such as eu-central-1a")
    if len(zones) < 2:
        refuse(
            "availability_zones", "needs two zones at least: the database and the load balancer ask for them."
        )
    if len({zone[:-1] for zone in zones}) > 1:
        refuse("availability_zones", f"must lie in one region, not in {', '.join(zones)}.")
    _subnets(deployment)
    _api_endpoint(deployment)


def _subnets(deployment: Deployment) -> None:
    zones = len(deployment.availability_zones)
    for key in ("private_subnet_ids", "isolated_subnet_ids"):
        ids: tuple[str, ...] = getattr(deployment, key)
        if not ids:
            refuse(key, "is missing: with vpc_id its subnets are needed, one for each zone.")
        like_all(key, ids, r"subnet-[0-9a-f]{8,17}", "a subnet's id such as subnet-0123456789abcdef0")
        if len(ids) != zones:
            refuse(
                key,
                f"has {len(ids)} subnets for {zones} availability_zones; give one for each, in their order.",
            )
    both = sorted(set(deployment.private_subnet_ids) & set(deployment.isolated_subnet_ids))
    if both:
        refuse(
            "isolated_subnet_ids", f"{both[0]} stands in private_subnet_ids, too; a subnet can be only one."
        )


def _api_endpoint(deployment: Deployment) -> None:
    if deployment.existing_endpoints and not deployment.api_endpoint_id:
        refuse("api_endpoint_id", "is missing: with existing_endpoints the endpoint's id is needed.")
    if deployment.api_endpoint_id and not deployment.existing_endpoints:
        refuse("existing_endpoints", "must be true when api_endpoint_id is given.")
    if deployment.api_endpoint_id:
        what = "an endpoint's id such as vpce-0123456789abcdef0"
        like("api_endpoint_id", deployment.api_endpoint_id, r"vpce-[0-9a-f]{8,17}", what)


def way_out(deployment: Deployment) -> None:
    """Endpoints lead to AWS's services of the same region and nowhere else."""
    if deployment.vpc_id or deployment.egress == "nat":
        return
    if deployment.model_region:
        refuse(
            "model_region",
            "Bedrock in another region needs egress nat; endpoints reach their own region only.",
        )
    for at, source in enumerate(deployment.sources):
        if source.region and source.engine != "postgres":
            refuse(
                f"sources[{at}].region",
                "another region needs egress nat; leave it out for the deployment's own.",
            )
    if any(getattr(deployment, key) for key in SIGN_IN):
        refuse("oidc_issuer", "signing in needs egress nat: the load balancer has to reach the issuer.")
    if deployment.ui_image_uri and not re.fullmatch(_ECR, deployment.ui_image_uri):
        refuse("ui_image_uri", "an image outside of ECR needs egress nat.")
