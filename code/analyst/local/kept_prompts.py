"""What the model's server has read of a prompt's stable part, kept on disk for the next start."""

from __future__ import annotations

import hashlib
import http.client
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

MOST_KEPT = 3
"""Files; each is about 30 kB for a token of the prompt."""
SECONDS = 30.0


@dataclass(frozen=True)
class KeptPrompts:
    """Saves and restores the one slot of the local server; a failure only means that the prompt is read again."""

    url: str
    key: str = field(repr=False)
    folder: Path
    """Private, since what is kept tells of the catalog; the server writes into it."""

    def restore(self, stable: str) -> bool:
        """Take up what was kept of a prompt with this stable part; True when there was something."""
        name = self._name(stable)
        return (self.folder / name).exists() and self._act("restore", name)

    def save(self, stable: str) -> None:
        """Keep what the server has just read, and drop what is oldest."""
        if not self._act("save", self._name(stable)):
            return
        kept = sorted(self.folder.glob("*.prompt"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in kept[MOST_KEPT:]:
            old.unlink(missing_ok=True)

    def _name(self, stable: str) -> str:
        return f"{hashlib.sha256(stable.encode()).hexdigest()[:24]}.prompt"

    def _act(self, action: str, name: str) -> bool:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=SECONDS)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            connection.request("POST", f"/slots/0?action={action}", json.dumps({"filename": name}), headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            logger.info("a prompt could not be %sd: %s", action, type(error).__name__)
            return False
        finally:
            connection.close()
        return status == 200
