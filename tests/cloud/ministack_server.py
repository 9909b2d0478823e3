"""Runs MiniStack on loopback, with what its CloudFormation lacks.

    python ministack_server.py --database-port PORT

The environment says where: GATEWAY_PORT, and BIND_HOST, which has to be 127.0.0.1.
"""

from __future__ import annotations

import argparse
import os
import sys

from mending import IMAGES, heed_missing_images, mend
from placeholders import register


def main() -> None:
    """Check where it would listen before anything of it is imported: its default is every interface."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database-port", type=int, required=True)
    given = parser.parse_args()
    if os.environ.get("BIND_HOST") != "127.0.0.1" or os.environ.get("IOT_MTLS_ENABLED") != "0":
        raise SystemExit("MiniStack is only started with BIND_HOST=127.0.0.1 and IOT_MTLS_ENABLED=0.")
    from ministack import app
    from ministack.services import apigateway_v1, ecr, rds, s3, ssm
    from ministack.services.cloudformation import provisioners

    register(provisioners._RESOURCE_HANDLERS)
    mend(
        provisioners._RESOURCE_HANDLERS,
        gateway=apigateway_v1,
        databases=rds,
        storage=s3,
        at=("127.0.0.1", given.database_port),
    )
    heed_missing_images(ecr)
    ssm._PUBLIC_AMI_PARAMETERS.update(IMAGES)
    sys.argv = sys.argv[:1]
    app.main()


if __name__ == "__main__":
    main()
