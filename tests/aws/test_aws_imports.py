from __future__ import annotations

import os
import subprocess
import sys

import pytest

MODULES = ("aws.secrets", "aws.parameters", "stores.result_objects", "stores.export_objects")


@pytest.mark.parametrize("module", MODULES)
def test_boto3_is_loaded_only_when_it_is_used(module: str) -> None:
    script = f"import sys, analyst.{module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    assert "analyst" in done.stdout.split()
    assert not {"boto3", "botocore", "urllib3", "psycopg2"} & set(done.stdout.split())
