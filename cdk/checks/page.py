"""The page: its size, its name, signing in, and who may open it."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from checks.private_networks import private_network
from checks.refusing import between, like, refuse
from checks.shapes import ACCOUNT, SECRET
from deployment import Deployment

SIGN_IN = (
    "oidc_issuer",
    "oidc_authorization_endpoint",
    "oidc_token_endpoint",
    "oidc_user_info_endpoint",
    "oidc_client_id",
    "oidc_client_secret_arn",
)
FARGATE = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
"""Memory that Fargate allows with each number of CPU units."""
_CERTIFICATE = rf"arn:aws[a-z-]*:acm:{ACCOUNT}:certificate/[A-Za-z0-9-]+"
_DOMAIN = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"


def page_options(deployment: Deployment) -> None:
    """Fargate takes the page's size, and a name comes with its certificate."""
    if deployment.ui_image_uri:
        like(
            "ui_image_uri",
            deployment.ui_image_uri,
            r"[a-z0-9][\w.:/@-]+",
            "an image such as registry.example.com/page:1",
        )
    if deployment.ui_cpu not in FARGATE:
        refuse("ui_cpu", f"must be one of {', '.join(map(str, FARGATE))}, not {deployment.ui_cpu}.")
    memory = FARGATE[deployment.ui_cpu]
    if deployment.ui_memory_mb not in memory:
        refuse(
            "ui_memory_mb",
            f"Fargate takes {_some(memory)} with ui_cpu {deployment.ui_cpu}, not {deployment.ui_memory_mb}.",
        )
    between("ui_tasks_min", deployment.ui_tasks_min, low=1, high=50)
    between("ui_tasks_max", deployment.ui_tasks_max, low=1, high=50)
    if deployment.ui_tasks_min > deployment.ui_tasks_max:
        refuse(
            "ui_tasks_min", f"{deployment.ui_tasks_min} is more than ui_tasks_max {deployment.ui_tasks_max}."
        )
    if deployment.certificate_arn:
        like("certificate_arn", deployment.certificate_arn, _CERTIFICATE, "the ARN of a certificate in ACM")
    if deployment.ui_domain:
        like("ui_domain", deployment.ui_domain, _DOMAIN, "a name in lower case such as data.example.com")
        if not deployment.certificate_arn:
            refuse(
                "certificate_arn",
                "is missing: with ui_domain the page speaks HTTPS and needs its certificate.",
            )


def _some(values: Sequence[int]) -> str:
    if len(values) <= 3:
        return ", ".join(map(str, values))
    return f"{values[0]} to {values[-1]} in steps of {values[1] - values[0]}"


def sign_in(deployment: Deployment) -> None:
    """Signing in is given wholly or not at all."""
    given = [key for key in SIGN_IN if getattr(deployment, key)]
    if not given:
        return
    for key in ("ui_domain", "certificate_arn", *SIGN_IN):
        if not getattr(deployment, key):
            refuse(key, f"is missing: with {given[0]} it is needed.")
    for key in SIGN_IN[:4]:
        like(key, getattr(deployment, key), r"https://\S+", "a URL that begins with https://")
    what = "the ARN of a secret in Secrets Manager"
    like("oidc_client_secret_arn", deployment.oidc_client_secret_arn, SECRET, what)


def clients(deployment: Deployment) -> None:
    """Networks of people are private, apart from each other and from the VPC."""
    own = None if deployment.vpc_id else ipaddress.IPv4Network(deployment.vpc_cidr)
    seen: list[ipaddress.IPv4Network] = []
    for at, text in enumerate(deployment.ui_client_cidrs):
        key = f"ui_client_cidrs[{at}]"
        if text.endswith("/0"):
            refuse(key, "the page is never opened to the whole internet; name private networks.")
        network = private_network(key, text)
        if own and network.subnet_of(own):
            refuse(
                key, f"{network} lies in the deployment's own vpc_cidr {own}; name the networks of people."
            )
        for other in seen:
            if network.overlaps(other):
                refuse(key, f"{network} and {other} overlap; one of them is enough.")
        seen.append(network)
