"""Quantities that the stacks fix: read from their source, so that the reckoning follows them."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

CDK = Path(__file__).parents[2] / "cdk"
FUNCTIONS = {"_data_analyst": "data-analyst", "_worker": "worker", "_querybot": "querybot"}
"""Methods of the backend stack, and what they make."""
GATEWAYS = ("s3",)
"""Endpoints that are free."""


@dataclass(frozen=True, kw_only=True)
class Fixed:
    """What every deployment has, whatever its options."""

    memory_mb: dict[str, int]
    """Of each function."""
    zones: int
    """That a new network spans."""
    alarms: int
    bastion_disk_gb: int
    secrets: int = 2
    """The database's password and the API's key."""
    keys: int = 1
    """For alarms on their way."""


@lru_cache(maxsize=1)
def fixed() -> Fixed:
    """Read from `cdk/`; raises ValueError where the source is not as expected any more."""
    return Fixed(
        memory_mb=_memory(_tree("stacks/backend.py")),
        zones=_constant(_tree("stacks/network.py"), "ZONES"),
        alarms=_alarms(_tree("pieces/alarms.py")),
        bastion_disk_gb=_disk(_tree("stacks/access.py")),
    )


def deployment(options: dict[str, Any], file: str = "") -> Any:
    """The `Deployment` of these options, checked; raises ValueError with one sentence that names a wrong key."""
    try:
        return _cdk("options").read_deployment(options, file or None)
    except _cdk("deployment").OptionsError as wrong:
        raise ValueError(str(wrong)) from None


def endpoints(options: Any) -> int:
    """Paid endpoints of a network without NAT: the private API's own is among them."""
    return len([service for service in _cdk("plan").services(options) if service not in GATEWAYS])


def _cdk(module: str) -> Any:
    if str(CDK) not in sys.path:
        sys.path.append(str(CDK))
    return importlib.import_module(module)


def _tree(path: str) -> ast.Module:
    return ast.parse((CDK / path).read_text(encoding="utf-8"))


def _memory(tree: ast.Module) -> dict[str, int]:
    found = {
        FUNCTIONS[method.name]: int(_keyword(call, "memory_mb"))
        for method in ast.walk(tree)
        if isinstance(method, ast.FunctionDef) and method.name in FUNCTIONS
        for call in _calls(method, "Measure")
    }
    if found.keys() != set(FUNCTIONS.values()):
        raise ValueError(f"cdk/stacks/backend.py does not say the memory of {sorted(FUNCTIONS.values())}.")
    return found


def _alarms(tree: ast.Module) -> int:
    """Each `Danger`; those of the functions come once for each function."""
    methods = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    many = {"_functions": len(FUNCTIONS)}
    count = sum(len(list(_calls(method, "Danger"))) * many.get(method.name, 1) for method in methods)
    if not count:
        raise ValueError("cdk/pieces/alarms.py makes no alarms.")
    return count


def _disk(tree: ast.Module) -> int:
    sizes = [call.args[0] for call in _calls(tree, "ebs")]
    if len(sizes) != 1:
        raise ValueError("cdk/stacks/access.py does not say the size of the bastion's disk.")
    return int(ast.literal_eval(sizes[0]))


def _constant(tree: ast.Module, name: str) -> int:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return int(ast.literal_eval(node.value))
    raise ValueError(f"There is no constant {name}.")


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
            yield node


def _keyword(call: ast.Call, name: str) -> Any:
    return next(ast.literal_eval(keyword.value) for keyword in call.keywords if keyword.arg == name)
