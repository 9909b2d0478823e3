"""The file of predictions that `analyst evaluate` writes, one JSON line a question, and goes on in."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from analyst.errors import WrongUsage


def done(path: Path) -> set[str | int]:
    """The ids that the file holds; a last line that a killed run left unfinished is taken out of it."""
    try:
        text = path.read_bytes()
        whole, torn = text[: text.rfind(b"\n") + 1], text[text.rfind(b"\n") + 1 :]
        ids = {json.loads(line)["id"] for line in whole.splitlines() if line.strip()}
        if torn and not torn.startswith(b'{"id"'):
            raise ValueError("no prediction")
        if torn:
            os.truncate(path, len(whole))
        return ids
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise _cannot_write(path, error) from None
    except (ValueError, KeyError, TypeError):
        raise WrongUsage(f"{path} holds something else than predictions; choose another file.") from None


def read(path: Path) -> dict[str | int, dict[str, Any]]:
    """The predictions by id; raises WrongUsage."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        predictions = [json.loads(line) for line in lines if line.strip()]
        return {prediction["id"]: prediction for prediction in predictions}
    except OSError as error:
        raise _cannot_write(path, error) from None
    except (ValueError, KeyError, TypeError):
        raise WrongUsage(f"{path} holds something else than predictions; choose another file.") from None


def confidence(prediction: Mapping[str, Any]) -> float:
    """How sure the product was, 0 to 1; wholly, where the prediction does not say or says no number."""
    said = prediction.get("confidence")
    if isinstance(said, bool) or not isinstance(said, (int, float)) or said != said:
        return 1.0
    return min(max(float(said), 0.0), 1.0)


def appending(path: Path) -> TextIO:
    """The file, open to write further lines; raises WrongUsage."""
    try:
        return path.open("a", encoding="utf-8")
    except OSError as error:
        raise _cannot_write(path, error) from None


def _cannot_write(path: Path, error: OSError) -> WrongUsage:
    return WrongUsage(f"{path} cannot be written to ({error.strerror}).")
