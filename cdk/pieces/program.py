"""What is uploaded for the functions: the code once, and the layers with its packages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePath

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from deployment import Deployment, OptionsError
from ways import CERTIFICATES, RDS_BUNDLE, bundle_needed

ROOT = Path(__file__).resolve().parents[2]
NOT_UPLOADED = ["__pycache__", "*.pyc", ".*_cache", "*.egg-info", "/analyst/local", "/analyst/cli"]
"""What runs on one machine only, and what tools leave behind."""


class Program(Construct):
    """The code and the layers of every function.

    Layers are read from `layers/build/<architecture>-<python>/<layer>`, the authorities of RDS from
    `layers/build/rds`, or from the folder that the context "layers" names in place of `layers/build`. Raises
    OptionsError where one was not built yet.
    """

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        self.runtime: lambda_.Runtime = getattr(
            lambda_.Runtime, f"PYTHON_{deployment.python.replace('.', '_')}"
        )
        arm = deployment.architecture == "arm64"
        self.architecture = lambda_.Architecture.ARM_64 if arm else lambda_.Architecture.X86_64
        self.code = lambda_.Code.from_asset(
            str(ROOT / "code"), exclude=NOT_UPLOADED, ignore_mode=IgnoreMode.GIT
        )
        self._built = self._folder(deployment)
        self.base = self._layer("base", "what every function needs")
        self.data = self._layer("data", "database drivers and the SQL guard")
        self.embedding = self._embedding(deployment)
        self.certificates = self._certificates(self._authorities(deployment))
        """The authorities by which databases are verified; no layer where none is."""

    def _folder(self, deployment: Deployment) -> Path:
        return self._folders / f"{deployment.architecture}-{deployment.python}"

    @property
    def _folders(self) -> Path:
        return Path(self.node.try_get_context("layers") or ROOT / "layers" / "build")

    def _embedding(self, deployment: Deployment) -> list[lambda_.ILayerVersion]:
        return [self._layer("minilm", "the embedding model")] if deployment.embedder == "minilm" else []

    def _authorities(self, deployment: Deployment) -> dict[str, Path]:
        """Files by where the functions find them: those that sources name, and that of RDS where it is needed."""
        own = [Path(source.ca) for source in deployment.sources if source.ca]
        found = {f"{CERTIFICATES}/{file.name}": file for file in own}
        if bundle_needed(deployment):
            found[RDS_BUNDLE] = self._of_rds(deployment)
        return found

    def _of_rds(self, deployment: Deployment) -> Path:
        file = Path(deployment.rds_ca or self._folders / "rds" / PurePath(RDS_BUNDLE).name)
        if not file.is_file():
            raise OptionsError(
                "The certificate authorities of RDS are not fetched yet; run ./deploy.sh build-layers first."
            )
        return file

    def _certificates(self, files: Mapping[str, Path]) -> list[lambda_.ILayerVersion]:
        if not files:
            return []
        with tempfile.TemporaryDirectory() as temporary:
            for place, file in sorted(files.items()):
                copy = Path(temporary) / PurePath(place).relative_to("/opt")
                copy.parent.mkdir(exist_ok=True)
                shutil.copyfile(file, copy)
                # The functions run as another user, whatever this one's umask is.
                copy.parent.chmod(0o755)
                copy.chmod(0o644)
            # Copied by the time it is made, so that nothing needs the folder afterwards.
            return [
                lambda_.LayerVersion(
                    self,
                    "Certificates",
                    code=lambda_.Code.from_asset(temporary),
                    description="Data Analyst BI: certificate authorities of databases",
                )
            ]

    def _layer(self, name: str, description: str) -> lambda_.LayerVersion:
        folder = self._built / name
        if not (folder / "python").is_dir():
            raise OptionsError(
                f"The layer {name!r} for {folder.parent.name} is not built yet; run ./deploy.sh build-layers first."
            )
        return lambda_.LayerVersion(
            self,
            name.capitalize(),
            code=lambda_.Code.from_asset(str(folder)),
            description=f"Data Analyst BI: {description}",
            compatible_architectures=[self.architecture],
            compatible_runtimes=[self.runtime],
        )
