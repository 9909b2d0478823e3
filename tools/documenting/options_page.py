"""docs/options.md: every option of a deployment, from cdk/deployment.py."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from documenting.fields import OptionField, cell, option_fields

FILE = Path(__file__).parents[2] / "cdk" / "deployment.py"
TABLE = "| option | what it is | kind | default |\n|---|---|---|---|\n"
KINDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "tuple[str, ...]": "list of texts",
    "dict[str, str]": "object of texts",
    "ModelOptions": "object, below",
    "tuple[SourceOptions, ...]": "list of objects, below",
}
HEAD = """# Options of a deployment

Made from `cdk/deployment.py` by `make docs`.

Options are JSON. They stand in `cdk/cdk.json` under `context` / `deployment`, or in a file of your own that is given
with `--options FILE`; a key in the file replaces the whole value of that key in `cdk.json`. What is left out has its
default. A key that does not exist, a value of the wrong kind, and options that contradict each other are refused with
one sentence that names the key (exit code 2), before anything is changed.

Sources, the model ids, `few_shot`, `policies`, `row_limit` and `query_seconds` are also what `./deploy.sh configure`
puts in force without a deployment; every other option needs `./deploy.sh deploy`. How the options play together is
told in [deploying](deploying.md), what they cost in [costs](costs.md).
"""
EXAMPLE = """
## An example

```json
{
  "name": "analyst",
  "tags": {"team": "data"},
  "egress": "endpoints",
  "alarm_email": "data-team@example.com",
  "models": {"sql": "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"},
  "sources": [
    {
      "name": "shop",
      "engine": "postgres",
      "address": "shop.abcdefghijkl.eu-central-1.rds.amazonaws.com:5432",
      "database": "shop",
      "secret_arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-reader-AbCdEf",
      "security_group_id": "sg-0123456789abcdef0"
    }
  ]
}
```
"""


def text() -> str:
    """The whole page."""
    groups = groupby(option_fields(FILE, "Deployment"), key=lambda field: field.heading)
    parts = [_section(heading or "the deployment", fields) for heading, fields in groups]
    parts.append(
        _section("models: the keys of `models`", option_fields(FILE, "ModelOptions"), within="models.")
    )
    sources = option_fields(FILE, "SourceOptions")
    parts.append(_section("sources: the keys of each entry of `sources`", sources, within="sources[]."))
    return HEAD + "".join(parts) + EXAMPLE


def _section(heading: str, fields: Iterable[OptionField], *, within: str = "") -> str:
    title = heading[0].upper() + heading[1:]
    return f"\n## {title}\n\n{TABLE}" + "".join(_row(field, within) for field in fields)


def _row(field: OptionField, within: str) -> str:
    kind = KINDS[field.kind]
    return f"| `{within}{field.name}` | {cell(field.said)} | {kind} | {_default(field)} |\n"


def _default(field: OptionField) -> str:
    """The default as it would be written in JSON; nothing for what is empty, "needed" for what has none."""
    if not field.default:
        return "needed"
    try:
        value = ast.literal_eval(field.default)
    except ValueError:  # a factory: an empty object, or the models' own defaults
        return ""
    if value in ("", ()):
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
