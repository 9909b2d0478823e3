"""References as cdk-nag writes them in the names of its findings."""

from __future__ import annotations

from aws_cdk import Stack


def nag_name(stack: Stack, value: str) -> str:
    """A string that holds references, each as <LogicalId>, <LogicalId.Attribute> or an export's name."""
    return _flat(stack.resolve(value))


def _flat(node: object) -> str:
    match node:
        case str():
            return node.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(_flat(part) for part in parts)
        case {"Fn::GetAtt": [str(resource), str(attribute)]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return _flat(name)
        case {"Ref": str(name)}:
            return f"<{name}>"
    raise ValueError(f"cdk-nag's name of {node!r} is not known here")
