"""The one kind of shelf on which every declaration is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Declarations by code, in the order they were found; closed once the site is up.

    ``add`` raises RuntimeError for a second thing of the same code and for a latecomer; ``[]`` raises KeyError for a
    code that nobody declared.
    """

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self._shelf: dict[str, T] = {}
        self._closed = False

    def add(self, code: str, thing: T) -> None:
        if self._closed:
            raise RuntimeError(f"{self.noun} {code!r} came after the registry was closed")
        if code in self._shelf:
            raise RuntimeError(f"two {self.noun}s are called {code!r}")
        self._shelf[code] = thing

    def close(self) -> None:
        self._closed = True

    def get(self, code: str) -> T | None:
        return self._shelf.get(code)

    def items(self) -> Iterator[tuple[str, T]]:
        return iter(self._shelf.items())

    def codes(self) -> list[str]:
        return list(self._shelf)

    def __getitem__(self, code: str) -> T:
        return self._shelf[code]

    def __contains__(self, code: str) -> bool:
        return code in self._shelf

    def __iter__(self) -> Iterator[T]:
        return iter(self._shelf.values())

    def __len__(self) -> int:
        return len(self._shelf)
