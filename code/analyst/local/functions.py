"""Loads the functions' handlers from their folders, as Lambda does."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import analyst
from analyst.errors import NotFound

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

FOLDERS = {"data-analyst": "data-analyst", "data-analyst-worker": "data-analyst", "querybot": "querybot"}
"""Function -> its folder beside the package; the worker is the same handler deployed a second time."""


def load_handler(function: str) -> Handler:
    """The handler of a function; raises NotFound."""
    handler: Handler = load_function(function).handler
    return handler


def load_function(function: str) -> ModuleType:
    """A function's module, as Lambda loads it; raises NotFound."""
    if function not in FOLDERS:
        raise NotFound(f"There is no function {function!r}; there is {', '.join(FOLDERS)}.")
    path = Path(analyst.__file__).parent.parent / FOLDERS[function] / "lambda_function.py"
    spec = importlib.util.spec_from_file_location(function.replace("-", "_") + "_function", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
