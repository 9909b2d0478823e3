"""The product, deployed once for all tests of this folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cloud import Cloud, running_cloud, running_real_model


@pytest.fixture(scope="session")
def empty_cloud() -> Iterator[Cloud]:
    """A cloud with nothing of the product in it yet."""
    base = Path(tempfile.mkdtemp(prefix="analyst-cloud-"))
    base.chmod(0o755)  # as root the database runs as somebody else, who has to reach its files
    try:
        with running_cloud(base) as cloud:
            yield cloud
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="session")
def cloud(empty_cloud: Cloud) -> Cloud:
    """Deployed by `./deploy.sh deploy`, with a real database behind its secret."""
    done = empty_cloud.run("deploy.sh", "--yes", "deploy")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    (empty_cloud.base / "deployed.txt").write_text(done.stdout, encoding="utf-8")
    empty_cloud.make_real_database()
    empty_cloud.wait_served()
    return empty_cloud


@pytest.fixture
def real_model(cloud: Cloud) -> Iterator[None]:
    """The real model behind the endpoint, for questions that no case answers."""
    with running_real_model(cloud):
        yield
