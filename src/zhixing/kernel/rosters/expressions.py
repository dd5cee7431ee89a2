"""What a rule's text becomes once it has been read: a small typed tree that every back end can print.

Nothing of the text itself survives but names that were found in lists and literals that are quoted anew, so no text
can say anything that these nodes can't.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "number", "truth", "null"]
MAX_NUMBER = 2**62
"""No expression may exceed this; the parser refuses one whose operands could."""


@dataclass(frozen=True)
class Node:
    """One node of the tree.

    ``kind`` is ``literal`` (text, number, truth or null in ``value``), ``column`` (name, and in ``side`` the row of a
    pair), ``call`` (a primitive, by name), ``lookup`` (a table, by name), ``standard`` (a dated value, by name),
    ``case`` (condition, result, …, default), ``aggregate`` (by name) or an operator's name. ``bound`` is the largest
    absolute value a number can have.
    """

    kind: str
    type: Type
    value: str = ""
    args: tuple[Node, ...] = ()
    side: str = ""
    bound: int = 0

    def walk(self) -> Iterator[Node]:
        """This node and everything below it."""
        yield self
        for arg in self.args:
            yield from arg.walk()

    def columns(self) -> set[str]:
        """The canonical columns that are read."""
        return {node.value for node in self.walk() if node.kind == "column"}


NULL = Node("literal", "null")


def text(value: str) -> Node:
    return Node("literal", "text", value)


def number(value: int) -> Node:
    return Node("literal", "number", str(value), bound=abs(value))


def column(name: str, side: str = "") -> Node:
    return Node("column", "text", name, side=side)
