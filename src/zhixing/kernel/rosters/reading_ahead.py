"""The rules that ship, read ahead of time: their trees lie in the package, so that no run has to parse them.

SQLGlot has read them when the file was written (``write_ahead``). A tree is used only for the very text, scope and
type that it was read from, and only by the code that read it: the file carries a fingerprint of that code. What
doesn't match is parsed as ever, so a stale file costs time and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from . import subset
from .expressions import Node
from .subset import Reading, Scope

READERS = ("subset.py", "expressions.py", "primitives.py")


def fingerprint() -> str:
    """A hash of the code that reads rules."""
    here = Path(__file__).parent
    return sha256(b"\x00".join((here / name).read_bytes() for name in READERS)).hexdigest()


def write_ahead(readings: Iterable[tuple[Reading, Node]], path: Path) -> None:
    """Write what has been read; equal nodes are written once, below those that hold them."""
    nodes: dict[Node, int] = {}
    scopes: dict[Scope, int] = {}
    trees = []
    for (source, scope, wanted), node in sorted(readings, key=lambda one: (_words(one[0][1]), *map(str, one[0]))):
        place = scopes.setdefault(scope, len(scopes))
        trees.append([source, place, wanted, _place(node, nodes)])
    content = {
        "fingerprint": fingerprint(),
        "scopes": [_words(scope) for scope in scopes],
        "nodes": [_flat(node, nodes) for node in nodes],
        "trees": trees,
    }
    lines = json.dumps(content, ensure_ascii=False).replace('], ["', '],\n["')
    path.write_text(lines + "\n", encoding="utf-8")


def _words(scope: Scope) -> list[Any]:
    return [sorted(scope.columns), list(scope.sides), scope.aggregates]


def _place(node: Node, nodes: dict[Node, int]) -> int:
    for arg in node.args:
        _place(arg, nodes)
    return nodes.setdefault(node, len(nodes))


def _flat(node: Node, nodes: dict[Node, int]) -> list[Any]:
    return [node.kind, node.type, node.value, [nodes[arg] for arg in node.args], node.side, node.bound]


@lru_cache(maxsize=8)
def read_ahead(path: Path) -> int:
    """Make the trees of the file known to ``parse``; gives how many, 0 where the file was written by other code."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["fingerprint"] != fingerprint():
            return 0
    except (OSError, ValueError, KeyError):
        return 0
    scopes = [
        Scope(columns=frozenset(columns), sides=tuple(sides), aggregates=aggregates)
        for columns, sides, aggregates in content["scopes"]
    ]
    nodes: list[Node] = []
    for kind, type_name, value, args, side, bound in content["nodes"]:
        nodes.append(Node(kind, type_name, value, tuple(nodes[arg] for arg in args), side, bound))
    for source, scope, wanted, node in content["trees"]:
        subset.remember((source, scopes[scope], wanted), nodes[node])
    return len(content["trees"])
