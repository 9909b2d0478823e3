"""Things told apart by which objects they are, so that what was made of them is found again at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False, slots=True)
class Held(Generic[T]):
    """Some objects in order; equal to others that hold the very same ones.

    Comparing what a large catalog holds, value by value, takes longer than looking a question up in it. The objects
    are held on to, so that no other one can come to have their identity.
    """

    things: tuple[T, ...]
    marks: tuple[int, ...]

    @classmethod
    def of(cls, things: Sequence[T]) -> Held[T]:
        """These objects."""
        return cls(tuple(things), tuple(map(id, things)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and self.marks == other.marks

    def __hash__(self) -> int:
        return hash(self.marks)
