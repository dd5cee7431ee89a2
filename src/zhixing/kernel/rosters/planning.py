# ruff: noqa: S608 (SQL is printed from parsed trees and quoted literals alone; see subset.py)
"""The plan of a verification: one scan, a bit mask per row, 64-bit keys for the rules over several rows.

1. A first pass learns what the tables hold (see profiling.py); code tables are asked each distinct question once.
2. One scan evaluates every check to a bit and writes a narrow table: row id, bits, keys.
3. Groups, pairs and strangers are sought on the keys alone.
4. Rows with a bit, and candidates, are read once more; candidates are verified on their exact values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from .declarations import Codes, Column, Roster, Rule, RuleRefused
from .engines.base import Engine
from .expressions import NULL, Node, Type, column
from .printing import Layers, Placed, shared_among
from .profiling import Profile
from .subset import Scope, parse

BITS = 62
"""Checks per mask column: a signed 64-bit number less two."""
GIVEN = frozenset({"heading", "value", "near", "count", "others"})
"""Words in braces that the report fills in itself: the user's heading, the cell, the value that was meant, the size
of a group, and its other rows."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One recognised table inside the plan: its place, relation, and which relation column is which."""

    place: int
    relation: str
    cells: Mapping[str, str]
    layout: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One bit of the mask: a rule, the column it blames, and the condition that sets it."""

    rule: Rule
    column: str
    sql: str
    needs: frozenset[str] = frozenset()
    blank: str = ""
    """A column: where none of its cells is blank, nothing can be wrong."""
    unknown: str = ""
    """A lookup: where it answered every question, nothing can be wrong."""

    @property
    def slots(self) -> tuple[str, ...]:
        """The expressions that the finding's text asks for."""
        return slots_of(self.rule.message, self.rule.suggest)


@dataclass(frozen=True, kw_only=True)
class GroupCheck:
    """A rule over several rows: the name of its key column, the parts of the key, and the exact condition."""

    rule: Rule
    key: str
    parts: tuple[Node, ...]
    flag: Node
    extra: tuple[Node, ...] = ()


@dataclass(kw_only=True)
class Plan:
    """Everything that the run needs, as SQL of one back end."""

    layers: Layers
    checks: list[Check] = field(default_factory=list)
    groups: list[GroupCheck] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    key_needs: set[str] = field(default_factory=set)
    slots: dict[str, Placed] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)

    def truths(self) -> list[str]:
        """Every check's condition as a column of its own."""
        return [f"{check.sql} AS b{number}" for number, check in enumerate(self.checks)]

    def masks(self) -> list[str]:
        """One sum of bits over the truths for every BITS checks; summed only for rows that break anything."""
        whole = self.layers.engine.whole
        sums = []
        for start in range(0, len(self.checks), BITS):
            numbers = range(start, min(start + BITS, len(self.checks)))
            any_of = " OR ".join(f"b{number}" for number in numbers)
            bits = " + ".join(
                f"CASE WHEN b{number} THEN {whole(1 << number - start)} ELSE {whole(0)} END" for number in numbers
            )
            sums.append(f"CASE WHEN {any_of} THEN {bits} ELSE {whole(0)} END")
        return sums


def slots_of(message: str, suggest: str) -> tuple[str, ...]:
    """The expressions in braces, and the suggestion."""
    found = [piece.split("}", 1)[0] for piece in message.split("{")[1:]]
    return tuple(dict.fromkeys([*found, *([suggest] if suggest else [])]))


class Planner:
    """Turns a roster's rules into a plan for the tables at hand; ``against`` is the relation of other schools' rows."""

    def __init__(
        self,
        engine: Engine,
        roster: Roster,
        parts: Sequence[Part],
        codes: Codes,
        standard: Callable[[str], int],
        choices: Callable[[str], tuple[int | str, ...]],
        against: str = "",
    ) -> None:
        self.engine = engine
        self.against = against
        self.roster = roster
        self.parts = parts
        self.codes = codes
        self.columns = roster.columns()
        present = frozenset(name for part in parts for name in part.cells)
        self.plan = Plan(layers=Layers(engine, self.columns, present, standard, choices))
        self.profile = Profile(engine=engine, layers=self.plan.layers, columns=self.columns, codes=codes)
        self.names = frozenset(self.columns)

    def build(self, rules: Sequence[Rule]) -> Plan:
        """Plan every rule; one that can't be judged on these tables is skipped, with a remark where it matters."""
        self.plan.layers.shared = shared_among(self._conditions(rules))
        for rule in rules:
            try:
                getattr(self, f"_plan_{rule.kind}")(rule)
            except LookupError as problem:
                self.plan.skipped.append(f"规则「{rule.title}」这次没有核验：{problem.args[0] if problem.args else ''}")
        return self.plan

    def _conditions(self, rules: Sequence[Rule]) -> Iterator[Node]:
        """Every condition that the scan will evaluate."""
        for rule in rules:
            with suppress(LookupError):
                if rule.kind == "row":
                    yield self._condition(rule)
                elif rule.when:
                    yield self._read(rule.when)

    def learn(self) -> None:
        """Take the profile of the tables, and leave out the checks that it proves to be without an offender."""
        wide = "wide"
        if self.against:
            wide = "wide_asked"
            self.engine.view(wide, f"SELECT * FROM wide UNION ALL SELECT * FROM {self.against}")
        read = self.plan.layers.closure(self.needed())
        names = [name for name in sorted(self.plan.layers.present) if f"c_{name}" in read]
        self.profile.take(names, wide, lambda wanted: self.relation(wanted, of=wide))
        self.plan.checks = [
            check
            for check in self.plan.checks
            if check.blank not in self.profile.filled and (not check.unknown or check.unknown in self.profile.unknown)
        ]

    def needed(self) -> set[str]:
        """What the scan reads of the layers."""
        return {alias for check in self.plan.checks for alias in check.needs} | self.plan.key_needs

    def relation(self, wanted: Iterable[str], *, of: str = "wide", where: str = "", raw: Iterable[str] = ()) -> str:
        """The sub-select that has the wanted columns; ``raw`` names columns whose cells are kept as found, too."""
        needed = self.plan.layers.closure(wanted)
        as_found = [f", w_{name}" for name in sorted(raw)]
        cleaned = [
            f", {self._cleaned(name)} AS c_{name}" for name in sorted(self.plan.layers.present) if f"c_{name}" in needed
        ]
        condition = f" WHERE {where}" if where else ""
        cells = f"SELECT rid, src{''.join(as_found + cleaned)} FROM {of}{condition}{self.engine.fence}"
        return self.plan.layers.relation(cells, needed)

    def _cleaned(self, name: str) -> str:
        cell = f"w_{name}"
        return cell if name in self.profile.tidy else self.engine.cleaned(cell, self.columns[name].kind)

    def wide(self, parts: Sequence[Part]) -> str:
        """The raw cells of every table under their canonical names, with row id and table number."""
        present = sorted(self.plan.layers.present)
        absent = f"CAST(NULL AS {self.engine.text_type})"
        selects = []
        for part in parts:
            cells = ", ".join(f"{part.cells.get(name, absent)} AS w_{name}" for name in present)
            rid = f"{self.engine.whole(part.place << 32)} + _row AS rid"
            selects.append(f"SELECT {rid}, {part.place} AS src, {cells} FROM {part.relation}")
        return " UNION ALL ".join(selects)

    def _read(
        self, source: str, *, sides: tuple[str, ...] = (), aggregates: bool = False, wanted: Type | None = "truth"
    ) -> Node:
        scope = Scope(columns=self.names, sides=sides, aggregates=aggregates)
        node = parse(source, scope, wanted=wanted)
        for each in node.walk():
            if each.kind == "lookup":
                kind, _, name = each.value.partition(":")
                if name not in (self.codes.sets if kind == "codes" else self.codes.lookups):
                    raise LookupError(f"没有代码表 {name}")
        return node

    def _condition(self, rule: Rule) -> Node:
        flag = self._read(rule.flag)
        return Node("and", "truth", args=(self._read(rule.when), flag)) if rule.when else flag

    def _plan_row(self, rule: Rule) -> None:
        if rule.column and rule.column not in self.plan.layers.present:
            return
        placed = self.plan.layers.place(self._condition(rule))
        self._add(rule, rule.column, placed.sql, placed.needs)

    def _add(
        self, rule: Rule, blamed: str, sql: str, needs: frozenset[str], *, blank: str = "", unknown: str = ""
    ) -> None:  # fmt: skip
        for slot in slots_of(rule.message, rule.suggest):
            if slot not in GIVEN and slot not in self.plan.slots:
                node = self._read(slot, wanted=None)
                placed = self.plan.layers.raw(node.value) if node.kind == "column" else self.plan.layers.place(node)
                self.plan.slots[slot] = placed
        self.plan.checks.append(Check(rule=rule, column=blamed, sql=sql, needs=needs, blank=blank, unknown=unknown))

    def _plan_required(self, rule: Rule) -> None:
        for name in self.columns:
            by_condition: dict[str, list[int]] = {}
            for part in self.parts:
                declared = self._declared(part, name)
                if declared and declared.required and name in part.cells:
                    by_condition.setdefault(declared.required_when, []).append(part.place)
            for condition, places in by_condition.items():
                raw = self.plan.layers.raw(name)
                sql, needs = f"({raw.sql} IS NULL)", raw.needs
                if condition:
                    placed = self.plan.layers.place(self._read(condition))
                    sql, needs = f"({sql} AND {placed.sql})", needs | placed.needs
                self._add(rule, name, self._only_in(places, sql), needs, blank=name)

    def _plan_codes(self, rule: Rule) -> None:
        for name, declared in self.columns.items():
            if not declared.code_set or declared.by_rule or name not in self.plan.layers.present:
                continue
            if declared.code_set not in self.codes.sets:
                raise LookupError(f"没有代码集 {declared.code_set}")
            known = self.plan.layers.place(column(name))
            severity = rule.severity if self.codes.sets[declared.code_set].authoritative else "warning"
            raw = self.plan.layers.raw(name)
            sql = f"({raw.sql} IS NOT NULL AND {known.sql} IS NULL)"
            self._add(replace(rule, severity=severity), name, sql, known.needs | raw.needs, unknown=known.sql)

    def _declared(self, part: Part, name: str) -> Column | None:
        layout = next(layout for layout in self.roster.layouts if layout.code == part.layout)
        return layout.column(name)

    def _only_in(self, places: list[int], sql: str) -> str:
        if len(places) == len(self.parts):
            return sql
        return f"(src IN ({', '.join(map(str, places))}) AND {sql})"

    def _plan_unique(self, rule: Rule) -> None:
        within = (f"coalesce({rule.apart}, '')",) if rule.apart in self.plan.layers.present else ()
        self._plan_group(replace(rule, key=(*rule.key, *within), flag="count(*) > 1"))

    def _plan_group(self, rule: Rule) -> None:
        flag = self._read(rule.flag, aggregates=True)
        if all(self._given(part) for part in _aggregated(flag)):
            self._add_group(rule, rule.key, flag, _aggregated(flag))

    def _plan_similar(self, rule: Rule) -> None:
        flag = self._read(rule.flag, sides=("a", "b"))
        extra = tuple(column(name) for name in sorted(flag.columns()))
        if not self.plan.layers.present.issuperset(flag.columns()):
            self.plan.skipped.append(f"规则「{rule.title}」这次没有核验：表里缺少它要比较的列。")
            return
        for block in rule.blocks:
            if all(self._given(self._read(part, wanted=None)) for part in block):
                self._add_group(rule, block, flag, extra)

    def _plan_elsewhere(self, rule: Rule) -> None:
        if self.against:
            self._add_group(rule, rule.key, NULL, ())
        if rule.apart in self.plan.layers.present:
            apart = column(rule.apart)
            counted = Node("aggregate", "number", "count_distinct", (apart,))
            flag = Node(">", "truth", args=(counted, Node("literal", "number", "1")))
            self._add_group(replace(rule, kind="group"), rule.key, flag, (apart,))

    def _add_group(self, rule: Rule, key: tuple[str, ...], flag: Node, extra: tuple[Node, ...]) -> None:
        if not key:
            raise RuleRefused(f"规则「{rule.title}」没有写按哪几列分组。")
        parts = tuple(part for part in (self._read(source, wanted=None) for source in key) if self._given(part))
        if not parts or not self._given(self._read(key[0], wanted=None)):
            return
        for node in flag.walk():
            if node.kind == "standard":
                self.plan.layers.place(node)
        placed = [self.plan.layers.place(part) for part in parts]
        values = [each.sql for each in placed]
        condition = [self.plan.layers.place(self._read(rule.when))] if rule.when else []
        when = [each.sql for each in condition]
        self.plan.key_needs.update(alias for each in (*placed, *condition) for alias in each.needs)
        given = " AND ".join([*when, *(f"{value} IS NOT NULL" for value in values)])
        sql = f"CASE WHEN {given} THEN {self.engine.hashed(values)} END"
        name = self.plan.keys.setdefault(sql, f"k{len(self.plan.keys)}")
        if rule.kind != "similar":  # pairs are compared on exact values alone
            for node in extra:
                self._hash(node)
        self.plan.groups.append(GroupCheck(rule=rule, key=name, parts=parts, flag=flag, extra=extra))

    def _given(self, node: Node) -> bool:
        """Whether any table has a column that the expression reads."""
        return bool(node.columns() & self.plan.layers.present)

    def _hash(self, node: Node) -> str:
        """The key column that stands for one aggregated value in the narrow table."""
        placed = self.plan.layers.place(node)
        self.plan.key_needs |= placed.needs
        value = placed.sql
        sql = f"CASE WHEN {value} IS NOT NULL THEN {self.engine.hashed([value]) if node.type == 'text' else value} END"
        return self.plan.keys.setdefault(sql, f"k{len(self.plan.keys)}")


def _aggregated(flag: Node) -> tuple[Node, ...]:
    return tuple(dict.fromkeys(arg for node in flag.walk() if node.kind == "aggregate" for arg in node.args))
