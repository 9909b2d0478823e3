"""The whole deployment, top to bottom: network, storage, functions, page, the way in and the watch."""

from __future__ import annotations

import sys

from aws_cdk import App, Tags

from deployment import Deployment, OptionsError
from options import read_deployment
from stacks.access import AccessStack
from stacks.backend import BackendStack
from stacks.data import DataStack
from stacks.frontend import FrontendStack
from stacks.image import ImageStack
from stacks.network import NetworkStack
from stacks.observe import ObserveStack

UNTAGGED = ("AWS::RDS::DBProxyTargetGroup",)
"""What CloudFormation refuses tags on, though the CDK would put them there."""


def compose(app: App, deployment: Deployment) -> None:
    """Put the stacks of one deployment into the app; each names the ones it builds on."""
    name = deployment.name
    network = NetworkStack(app, f"{name}-network", deployment=deployment)
    data = DataStack(app, f"{name}-data", deployment=deployment, network=network)
    backend = BackendStack(app, f"{name}-backend", deployment=deployment, network=network, data=data)
    image = None if deployment.ui_image_uri else ImageStack(app, f"{name}-image", deployment=deployment)
    frontend = FrontendStack(
        app, f"{name}-frontend", deployment=deployment, network=network, backend=backend, image=image
    )
    if deployment.bastion:
        AccessStack(app, f"{name}-access", deployment=deployment, network=network)
    ObserveStack(app, f"{name}-observe", deployment=deployment, data=data, backend=backend, frontend=frontend)
    for key, value in sorted(deployment.tags.items()):
        Tags.of(app).add(key, value, exclude_resource_types=list(UNTAGGED))


def main() -> int:
    """Build the templates; a wrong option is one sentence on stderr and exit code 2."""
    app = App(analytics_reporting=False)
    given, file = app.node.try_get_context("deployment"), app.node.try_get_context("options")
    try:
        compose(app, read_deployment(given, file))
    except OptionsError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
