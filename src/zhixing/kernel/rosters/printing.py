# ruff: noqa: S608 (SQL is printed from parsed trees and quoted literals alone; see subset.py)
"""Prints an expression as SQL of one back end, in layers: what several rules ask is computed once.

A layer is one sub-select. Layer 0 cleans the cells. A primitive whose text uses an argument more than once becomes a
column of the layer above its argument, so its argument is a plain column there; a lookup becomes a LEFT JOIN. Equal
expressions share one column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .declarations import Column
from .engines.base import Engine
from .expressions import Node
from .primitives import PRIMITIVES
from .subset import Scope, parse

BETWEEN_PARTS = "\x1f"
NOTHING_BELOW = 0
SHARED_SIZE = 5


@dataclass(frozen=True)
class Placed:
    """SQL that may stand in any layer above ``level``."""

    sql: str
    level: int
    needs: frozenset[str] = frozenset()
    """The columns of the layers that the SQL names."""


@dataclass
class LookupJoin:
    """A table of answers to a ``question`` put together of so many ``parts``, joined in the layer above it."""

    name: str
    alias: str
    args: tuple[Placed, ...]
    question: Placed
    asked: tuple[Placed, ...] = ()
    """What is asked of the tables: the arguments without their guards (see unguarded), so perhaps too much."""
    answers: dict[str, str | None] | None = None
    printed: str | None = None
    """The answers as an expression; None where a table of them has to be joined."""

    @property
    def parts(self) -> int:
        return len(self.args)


@dataclass
class Layers:
    """Builds the relation that rules are judged on, over a relation of raw cells called ``wide``."""

    engine: Engine
    columns: dict[str, Column]
    present: frozenset[str]
    standard: Callable[[str], int]
    choices: Callable[[str], tuple[int | str, ...]]
    parts: dict[int, dict[str, str]] = field(default_factory=dict)
    lookups: dict[tuple[str, str], LookupJoin] = field(default_factory=dict)
    shared: frozenset[Node] = frozenset()
    """Expressions that several rules hold, worth computing once."""
    _placed: dict[Node, Placed] = field(default_factory=dict)
    _needs: dict[str, frozenset[str]] = field(default_factory=dict)

    def place(self, node: Node) -> Placed:
        """Where the expression's value is to be had; adds what is missing to the layers."""
        if node not in self._placed:
            self._placed[node] = self._place(node)
        return self._placed[node]

    def raw(self, name: str) -> Placed:
        """The cleaned cell, whatever its code set says; NULL for a column that no table has."""
        if name not in self.present:
            return Placed(self._null("text"), NOTHING_BELOW)
        return Placed(f"c_{name}", NOTHING_BELOW, frozenset({f"c_{name}"}))

    def _place(self, node: Node) -> Placed:
        match node.kind:
            case "literal":
                return Placed(self._literal(node), NOTHING_BELOW)
            case "standard":
                return Placed(self.engine.whole(self.standard(node.value)), NOTHING_BELOW)
            case "in_standard":
                return self._in_standard(node)
            case "column":
                return self._column(node)
            case "lookup":
                asked = tuple(self.place(unguarded(arg)) for arg in node.args)
                return self._lookup(node.value, [self.place(arg) for arg in node.args], asked)
            case "call":
                return self._call(node)
            case _:
                results = {*range(1, len(node.args), 2), len(node.args) - 1} if node.kind == "case" else set()
                args = [self._lazy(arg) if place in results else self.place(arg) for place, arg in enumerate(node.args)]
                placed = _over(print_operator(node.kind, [arg.sql for arg in args]), args)
                return self._own_column(placed) if node in self.shared else placed

    def _in_standard(self, node: Node) -> Placed:
        """Is it one of the values in force? NULL where the standard leaves the list open."""
        subject = self.place(node.args[0])
        kind = str if node.args[0].type == "text" else int
        options = [item for item in self.choices(node.value) if isinstance(item, kind)]
        if not options:
            return Placed("CAST(NULL AS BOOLEAN)", NOTHING_BELOW)
        printed = [self.engine.quote(item) if isinstance(item, str) else self.engine.whole(item) for item in options]
        return _over(print_operator("in", [subject.sql, *printed]), [subject])

    def _literal(self, node: Node) -> str:
        if node.type == "text":
            return self.engine.quote(node.value)
        if node.type == "number":
            return self.engine.whole(int(node.value))
        return {"true": "TRUE", "false": "FALSE"}.get(node.value, "NULL")

    def _null(self, kind: str) -> str:
        return f"CAST(NULL AS {self.engine.text_type if kind == 'text' else 'BIGINT'})"

    def _column(self, node: Node) -> Placed:
        raw = self.raw(node.value)
        code_set = self.columns[node.value].code_set
        if not code_set or node.value not in self.present:
            return raw
        return self._lookup(f"codes:{code_set}", [raw])

    def _call(self, node: Node) -> Placed:
        primitive = PRIMITIVES[node.value]
        if node.value == "blank" and node.args[0].kind == "column":
            raw = self.raw(node.args[0].value)
            return _over(f"({raw.sql} IS NULL)", [raw])
        if primitive.over:
            return self.place(expanded(node))
        args = [self.place(arg) for arg in node.args]
        template = primitive.text(self.engine.name)
        sqls = [arg.sql for arg in args]
        if all(template.count(f"{{{place}}}") <= 1 or is_plain(sql) for place, sql in enumerate(sqls)):
            if not (primitive.once or _is_costly(template)):
                return _over(template.format(*sqls), args)
        else:
            args = [arg if is_plain(arg.sql) else self._own_column(arg) for arg in args]
        return self._own_column(_over(template.format(*(arg.sql for arg in args)), args))

    def _lazy(self, node: Node) -> Placed:
        """A result of a CASE: written where it stands, so that it is worked out for the rows that come to it."""
        if node.kind in ("not", "and", "or") and node not in self.shared:
            args = [self._lazy(arg) for arg in node.args]
            return _over(print_operator(node.kind, [arg.sql for arg in args]), args)
        if node.kind == "call" and not PRIMITIVES[node.value].over and node not in self._placed:
            template = PRIMITIVES[node.value].text(self.engine.name)
            args = [self.place(arg) for arg in node.args]
            if all(template.count(f"{{{place}}}") <= 1 or is_plain(arg.sql) for place, arg in enumerate(args)):
                return _over(template.format(*(arg.sql for arg in args)), args)
        return self.place(node)

    def _own_column(self, placed: Placed) -> Placed:
        """Give an expression a column of its own, one layer up; equal ones share it."""
        level = placed.level + 1
        layer = self.parts.setdefault(level, {})
        alias = layer.setdefault(placed.sql, f"p{level}_{len(layer)}")
        self._needs[alias] = placed.needs
        return Placed(alias, level, frozenset({alias}))

    def _lookup(self, name: str, args: list[Placed], asked: tuple[Placed, ...] = ()) -> Placed:
        null = self._null("text")
        args = [arg if is_plain(arg.sql) or arg.sql == null else self._own_column(arg) for arg in args]
        sqls = [arg.sql for arg in args]
        question = _over(sqls[0] if len(sqls) == 1 else self.engine.joined(sqls, BETWEEN_PARTS), args)
        join = self.lookups.get((name, question.sql))
        if join is None:
            join = LookupJoin(name, f"l_{len(self.lookups)}", tuple(args), question, asked or tuple(args))
            self.lookups[name, question.sql] = join
            self._needs[join.alias] = question.needs
        return Placed(join.alias, question.level + 1, frozenset({join.alias}))

    def relation(self, base: str, wanted: Iterable[str]) -> str:
        """The sub-select that has the wanted columns of the layers, over a relation of cleaned cells."""
        needed = self.closure(wanted)
        sql = base
        top = max([0, *self.parts, *(join.question.level + 1 for join in self.lookups.values())])
        for level in range(1, top + 1):
            parts = self.parts.get(level, {}).items()
            extra = [f", {expression} AS {alias}" for expression, alias in parts if alias in needed]
            joins = []
            for join in self.lookups.values():
                if join.question.level + 1 == level and join.alias in needed:
                    extra.append(f", {join.printed or f'{join.alias}.answer'} AS {join.alias}")
                    if join.printed is None:
                        joins.append(f" LEFT JOIN {join.alias} ON {join.alias}.question = {join.question.sql}")
            if extra:
                sql = f"SELECT q.*{''.join(extra)} FROM ({sql}) q{''.join(joins)}{self.engine.fence}"
        return sql

    def closure(self, wanted: Iterable[str]) -> set[str]:
        """The wanted columns, those they are made of, and so on down to the cells (c_…)."""
        needed: set[str] = set()
        waiting = list(wanted)
        while waiting:
            alias = waiting.pop()
            if alias not in needed:
                needed.add(alias)
                waiting += self._needs.get(alias, ())
        return needed


def print_operator(kind: str, args: list[str]) -> str:
    """One operator over printed operands."""
    match kind:
        case "not":
            return f"(NOT {args[0]})"
        case "neg":
            return f"(- {args[0]})"
        case "is_null":
            return f"({args[0]} IS NULL)"
        case "between":
            return f"({args[0]} BETWEEN {args[1]} AND {args[2]})"
        case "in":
            return f"({args[0]} IN ({', '.join(args[1:])}))"
        case "coalesce":
            return f"coalesce({', '.join(args)})"
        case "case":
            whens = "".join(f" WHEN {args[i]} THEN {args[i + 1]}" for i in range(0, len(args) - 1, 2))
            return f"(CASE{whens} ELSE {args[-1]} END)"
        case "and" | "or":
            return f"({args[0]} {kind.upper()} {args[1]})"
        case _:
            return f"({args[0]} {kind} {args[1]})"


def unguarded(node: Node) -> Node:
    """``case when … then x end`` as x, which has the same values and perhaps more, and costs less."""
    while node.kind == "call" and PRIMITIVES[node.value].over:
        node = expanded(node)
    return node.args[1] if node.kind == "case" and len(node.args) == 3 and node.args[2].type == "null" else node


def expanded(node: Node) -> Node:
    """A primitive that is written over others, with its arguments put in."""
    primitive = PRIMITIVES[node.value]
    names = frozenset(f"argument_{place}" for place in range(len(primitive.takes)))
    body = parse(primitive.over.format(*sorted(names)), Scope(columns=names), wanted=primitive.gives)
    return _filled(body, dict(zip(sorted(names), node.args, strict=True)))


def _filled(node: Node, arguments: dict[str, Node]) -> Node:
    if node.kind == "column" and node.value in arguments:
        return arguments[node.value]
    args = tuple(_filled(arg, arguments) for arg in node.args)
    return Node(node.kind, node.type, node.value, args, node.side, node.bound)


def shared_among(trees: Iterable[Node]) -> frozenset[Node]:
    """Operators over at least SHARED_SIZE nodes that occur more than once."""
    counts: dict[Node, int] = {}
    for tree in trees:
        for node in tree.walk():
            if node.args and node.type in ("truth", "number", "text"):
                counts[node] = counts.get(node, 0) + 1
    return frozenset(node for node, count in counts.items() if count > 1 and sum(1 for _ in node.walk()) >= SHARED_SIZE)


def _over(sql: str, args: list[Placed]) -> Placed:
    """SQL that was put together of placed arguments."""
    needs = frozenset(alias for arg in args for alias in arg.needs)
    return Placed(sql, max((arg.level for arg in args), default=NOTHING_BELOW), needs)


def is_plain(sql: str) -> bool:
    """A name or a literal, which costs nothing to write twice."""
    return sql.replace("_", "").isalnum() or (sql.startswith("'") and sql.endswith("'"))


def _is_costly(template: str) -> bool:
    """Regular expressions and long texts are worth a column, so that rules can share them."""
    return len(template) > 120 or "regexp" in template or "RLIKE" in template or " ~ " in template


__all__ = ["BETWEEN_PARTS", "Layers", "LookupJoin", "Placed", "expanded", "is_plain", "print_operator", "unguarded"]
