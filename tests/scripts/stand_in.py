"""Stands in for aws, cdk, ssh and their like: notes each call, answers from files.

Run as `stand_in.py FOLDER TOOL ARGUMENT…`. FOLDER holds `log.jsonl` (the calls), `answers/` (of one test) and
what the stand-ins remember; answers not found there come from `answers/healthy/` beside this file.

An answer of `aws SERVICE OPERATION` is `SERVICE/OPERATION.json`, shaped as the real CLI's JSON, or
`SERVICE/OPERATION.error`, the real CLI's words on stderr. `OPERATION.VALUE.json` answers only calls with an argument
VALUE (signs other than letters and digits as "_"); `OPERATION@3.json` answers from the third call on.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

HEALTHY = Path(__file__).parent / "answers" / "healthy"
OF_EVERY_VERB = {"-c", "--no-notices"}
OF_THE_CDK = {
    "bootstrap": set(),
    "deploy": {"--require-approval", "--progress"},
    "destroy": {"--all", "--force"},
    "diff": set(),
}
"""What the real CLI's `--help` knows of each verb."""


def main() -> int:
    folder, tool, arguments = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    with (folder / "log.jsonl").open("a") as log:
        log.write(json.dumps({"tool": tool, "args": arguments, "cwd": str(Path.cwd())}) + "\n")
    return TOOLS[tool](folder, arguments)


def calls(folder: Path, tool: str, *first: str) -> int:
    """How often a tool was called with these first arguments, this time included."""
    lines = (json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines())
    return sum(1 for c in lines if c["tool"] == tool and c["args"][: len(first)] == list(first))


def slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")


def find(folder: Path, service: str, operation: str, arguments: list[str], count: int) -> Path | None:
    """The file that answers a call: the test's own before the healthy one, the narrower before the wider."""
    names = [
        f"{operation}.{slug(value)}" for value in arguments if not value.startswith("--") and slug(value)
    ]
    for base in (folder / "answers", HEALTHY):
        for name in [*names, operation]:
            for ending in (*(f"@{n}" for n in range(count, 1, -1)), ""):
                for kind in ("error", "json"):
                    path = base / service / f"{name}{ending}.{kind}"
                    if path.exists():
                        return path
    return None


# --- aws


def aws(folder: Path, arguments: list[str]) -> int:
    if arguments == ["--version"]:
        sys.stdout.write("aws-cli/2.31.0 Python/3.13.7 Linux/6.1 exe/x86_64\n")
        return 0
    service, operation, *rest = arguments
    if service == "s3":
        return copy(folder, rest)
    stack = value(rest, "--stack-name")
    if service == "cloudformation" and stack and is_gone(folder, stack):
        return refuse(
            f"An error occurred (ValidationError) when calling it: Stack with id {stack} does not exist"
        )
    path = find(folder, service, operation, rest, calls(folder, "aws", service, operation))
    if path is None:
        (folder / "unanswered").open("a").write(f"{service} {operation} {rest}\n")
        return refuse(f"no answer is recorded for {service} {operation}")
    if path.suffix == ".error":
        return refuse(path.read_text().strip())
    remember(folder, service, operation, rest)
    if (service, operation) == ("lambda", "invoke"):
        invoke(folder, rest)
    tell(path.read_text(), value(rest, "--query"), value(rest, "--output"))
    return 0


def refuse(words: str) -> int:
    sys.stderr.write(f"\n{words}\n")
    return 254


def value(arguments: list[str], option: str) -> str:
    return arguments[arguments.index(option) + 1] if option in arguments else ""


def is_gone(folder: Path, stack: str) -> bool:
    return (folder / "gone").exists() and stack not in (folder / "gone").read_text().split()


def copy(folder: Path, rest: list[str]) -> int:
    source, target = (Path(p.replace("s3:/", str(folder / "objects"), 1)) for p in rest[:2])
    if not source.exists():
        return refuse("fatal error: An error occurred (404) when calling the HeadObject operation: Not Found")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())
    return 0


def remember(folder: Path, service: str, operation: str, rest: list[str]) -> None:
    """Parameters that were written are read again."""
    if (service, operation) != ("ssm", "put-parameter"):
        return
    name, given = value(rest, "--name"), value(rest, "--value").removeprefix("file://")
    path = folder / "answers" / "ssm" / f"get-parameter.{slug(name)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"Parameter": {"Name": name, "Value": Path(given).read_text()}}))
    path.with_suffix(".error").unlink(missing_ok=True)


def invoke(folder: Path, rest: list[str]) -> None:
    """The function's own answer goes to the file that the command line names last."""
    event = json.loads(Path(value(rest, "--payload").removeprefix("fileb://")).read_text())
    asked = event.get("path") or event["operation"]
    path = find(folder, "lambda", "payload", [asked], 1)
    assert path, f"no payload is recorded for {asked}"
    Path(rest[-1]).write_text(path.read_text())


def tell(text: str, query: str, output: str) -> None:
    answer: Any = json.loads(text) if text.strip() else None
    if answer is None:
        return
    if query:
        import jmespath

        answer = jmespath.search(query, answer)
    if output == "text":
        sys.stdout.write("".join(f"{line}\n" for line in rows(answer)))
    else:
        sys.stdout.write(json.dumps(answer, indent=4) + "\n")


def rows(answer: Any) -> list[str]:
    """What the CLI makes of scalars and lists of them as text."""
    if not isinstance(answer, list):
        return [cell(answer)]
    if not any(isinstance(item, list) for item in answer):
        return ["\t".join(cell(item) for item in answer)] if answer else []
    return [line for item in answer for line in rows(item)]


def cell(item: Any) -> str:
    return str(item)


# --- the others


def cdk(folder: Path, arguments: list[str]) -> int:
    if arguments == ["--version"]:
        sys.stdout.write("2.1148.1 (build a1b2c3d)\n")
        return 0
    unknown = {a for a in arguments if a.startswith("-")} - OF_THE_CDK[arguments[0]] - OF_EVERY_VERB
    if unknown:
        sys.stderr.write(f"Unknown arguments: {', '.join(sorted(unknown))}\n")
        return 1
    verb, stacks = arguments[0], [a for a in arguments[1:] if not a.startswith("-")]
    error = find(folder, "cdk", verb, arguments[1:], calls(folder, "cdk", verb))
    if error:
        sys.stderr.write(error.read_text())
        return 1
    gone = folder / "gone"
    if verb == "destroy":
        gone.write_text("")
    if verb == "deploy":
        same = (folder / "no_changes").exists()
        for stack in (s for s in stacks if s.count("-") == 1 and s not in ("never",)):
            sys.stderr.write(f" ✅  {stack}{' (no changes)' if same else ''}\n")
            if gone.exists():
                gone.write_text(f"{gone.read_text()} {stack}")
    return 0


def layers(folder: Path, arguments: list[str]) -> int:
    built = folder / "layers_built"
    if "--check" in arguments:
        return 0 if built.exists() else 1
    if (folder / "layers_fail").exists():
        sys.stderr.write("No matching distribution found\n")
        return 1
    built.touch()
    return 0


def ssh(folder: Path, arguments: list[str]) -> int:
    """Listens as `-L` says; the test's file `ssh` says how each call ends: "fail WORDS" or "drop"."""
    import socket

    behaviours = (folder / "ssh").read_text().splitlines() if (folder / "ssh").exists() else []
    count = calls(folder, "ssh")
    behaviour = behaviours[min(count, len(behaviours)) - 1] if behaviours else ""
    if behaviour.startswith("fail"):
        sys.stderr.write(behaviour[5:] + "\n")
        return 255
    host, port, *_ = value(arguments, "-L").split(":")
    with socket.create_server((host, int(port))) as server:
        server.settimeout(20)
        server.accept()
        if behaviour == "drop":
            return 255
        time.sleep(30)
    return 0


def ssh_keygen(folder: Path, arguments: list[str]) -> int:
    key = Path(value(arguments, "-f"))
    key.write_text(f"key {calls(folder, 'ssh-keygen')}")
    key.with_suffix(".pub").write_text(f"ssh-ed25519 {calls(folder, 'ssh-keygen')}")
    return 0


def sleep(folder: Path, arguments: list[str]) -> int:
    if (folder / "sleep_long").exists():
        time.sleep(30)
    time.sleep(0.02)
    return 0


def xdg_open(folder: Path, arguments: list[str]) -> int:
    """Keeps what a browser would have read of a file, and who else could have."""
    file = Path(arguments[0])
    if file.exists():
        rights = max(
            file.parent.stat().st_mode & 0o077, file.stat().st_mode & file.parent.stat().st_mode & 0o077
        )
        (folder / "opened").write_text(f"{rights}\n{file.read_text()}")
    return 0


def nothing(folder: Path, arguments: list[str]) -> int:
    return 0


TOOLS = {
    "aws": aws,
    "cdk": cdk,
    "layers": layers,
    "prepare": nothing,
    "ssh": ssh,
    "ssh-keygen": ssh_keygen,
    "session-manager-plugin": nothing,
    "sleep": sleep,
    "xdg-open": xdg_open,
}

if __name__ == "__main__":
    sys.exit(main())
