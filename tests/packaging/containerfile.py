"""A Dockerfile's instructions, and a way to follow them below a folder where no container can be built."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """One instruction: RUN, and what comes after it."""

    word: str
    rest: str

    @property
    def listed(self) -> list[str]:
        """The rest, where it is a list."""
        values: list[str] = json.loads(self.rest)
        return values


def stages(path: Path) -> list[list[Instruction]]:
    """The instructions of each stage, its FROM first; what comes before the first FROM is left out."""
    found: list[list[Instruction]] = []
    for instruction in _instructions(path.read_text(encoding="utf-8")):
        if instruction.word == "FROM":
            found.append([])
        if found:
            found[-1].append(instruction)
    return found


def _instructions(text: str) -> Iterator[Instruction]:
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in lines.replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.partition(" ")
            yield Instruction(word, re.sub(r"\s+", " ", rest).strip())


@dataclass
class Room:
    """A folder that stands for a container's root; absolute paths of the instructions lead below it."""

    root: Path
    context: Path
    tools: Path
    """A folder of programs that the base image has; kept from what the container runs at last."""
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": "/usr/bin:/bin"})
    workdir: Path = Path("/")
    command: list[str] = field(default_factory=list)

    def follow(self, instruction: Instruction) -> None:
        """Do what the instruction says, as far as it concerns files and programs."""
        follow = getattr(self, f"_{instruction.word.lower()}", None)
        if follow:
            follow(instruction)

    def below(self, text: str) -> str:
        """A text in which the container's own folders are those below the root."""
        return re.sub(r"(?<![\w./-])/(?=(opt|srv|home|tmp)\b)", f"{self.root}/", text)

    def _run(self, instruction: Instruction) -> None:
        environment = {**os.environ, **self.environment}
        environment["PATH"] = f"{self.tools}:{self.environment['PATH']}"
        subprocess.run(["/bin/sh", "-ec", self.below(instruction.rest)], env=environment, check=True)

    def _copy(self, instruction: Instruction) -> None:
        if instruction.rest.startswith("--from"):
            return  # every stage is followed below the same root, so it is there already
        source, destination = instruction.rest.split()
        place = Path(self.below(destination))
        place.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (self.context / source).is_dir() else shutil.copy
        copy(self.context / source, place)

    def _env(self, instruction: Instruction) -> None:
        for assignment in shlex.split(instruction.rest):
            name, _, value = assignment.partition("=")
            self.environment[name] = self.below(value).replace("$PATH", self.environment["PATH"])

    def _workdir(self, instruction: Instruction) -> None:
        self.workdir = Path(self.below(instruction.rest))

    def _volume(self, instruction: Instruction) -> None:
        for folder in instruction.listed:
            Path(self.below(folder)).mkdir(parents=True, exist_ok=True)

    def _cmd(self, instruction: Instruction) -> None:
        self.command = instruction.listed

    def make_read_only(self, *, but: Mapping[str, str]) -> None:
        """Take away every right to write, except in the folders of `but`'s values."""
        subprocess.run(["chmod", "-R", "a-w", str(self.root)], check=True)
        for folder in but.values():
            subprocess.run(["chmod", "-R", "u+w", folder], check=True)
