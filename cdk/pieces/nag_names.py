"""References as cdk-nag writes them in the names of its findings."""

from __future__ import annotations

from aws_cdk import Stack


def nag_name(stack: Stack, value: str) -> str:
    """A string that holds references, each as <LogicalId>, <LogicalId.Attribute> or an export's name."""
    return written(stack.resolve(value))


def written(node: object) -> str:
    """The same of what stands in a template; raises ValueError for a reference of a kind not met yet."""
    match node:
        case str():
            return node.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [str(between), list(parts)]}:
            return between.join(written(part) for part in parts)
        case {"Fn::GetAtt": [str(resource), str(attribute)]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return written(name)
        case {"Ref": str(name)}:
            return f"<{name}>"
    raise ValueError(f"cdk-nag's name of {node!r} is not known here")
