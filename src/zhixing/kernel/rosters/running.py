# ruff: noqa: S608 (SQL is printed from parsed trees and quoted literals alone; see subset.py)
"""Runs a plan and brings back offenders: rows with bits, groups, pairs, and strangers from another roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .engines.base import Engine
from .expressions import Node
from .planning import BITS, Check, GroupCheck, Planner
from .primitives import PRIMITIVES
from .printing import expanded, print_operator

MAX_BLOCK = 400
"""Rows that agree on a block of a ``similar`` rule beyond this number aren't compared one by one."""


@dataclass(kw_only=True)
class Offender:
    """One row that breaks one rule: what its cell says, the values its text asks for, the rows it is told with."""

    check: Check | GroupCheck
    column: str
    rid: int
    value: str
    slots: dict[str, str] = field(default_factory=dict)
    others: list[int] = field(default_factory=list)
    strangers: list[int] = field(default_factory=list)


class Run:
    """One plan over one engine. ``counts``, the rows of each table, are known once ``offenders`` has scanned."""

    def __init__(self, engine: Engine, planner: Planner) -> None:
        self.engine = engine
        self.planner = planner
        self.plan = planner.plan
        self.counts: dict[int, int] = {}
        self.oversized: list[str] = []
        self._candidates: dict[int, str] = {}

    def offenders(self) -> list[Offender]:
        """Everything that is wrong, in no particular order."""
        self.planner.learn()
        self._scan()
        if not sum(self.counts.values()):
            return []
        self._seek()
        fired = self._fired()
        if not fired and not self._candidates:
            return []
        self._read_again(fired)
        return [*self._marked(fired), *(found for place in self._candidates for found in self._verified(place))]

    def _scan(self) -> None:
        keys = list(self.plan.keys.values())
        masks = [f"{sql} AS m{place}" for place, sql in enumerate(self.plan.masks())]
        relation = self.planner.relation(self.planner.needed())
        hashed = [f"{sql} AS {name}" for sql, name in self.plan.keys.items()]
        truths = f"SELECT {', '.join(['rid', 'src', *hashed, *self.plan.truths()])} FROM ({relation}) q"
        columns = ", ".join(["rid", "src", *keys, *masks])
        self.engine.make("narrow", f"SELECT {columns} FROM ({truths}{self.engine.fence}) t")
        self.counts = {int(src): int(n) for src, n in self.engine.rows("SELECT src, count(*) FROM narrow GROUP BY src")}

    def _mask_count(self) -> int:
        return -(-len(self.plan.checks) // BITS)

    def _fired(self) -> list[int]:
        """The numbers of the checks that any row breaks."""
        if not self.plan.checks:
            return []
        sums = ", ".join(f"bit_or(m{place})" for place in range(self._mask_count()))
        row = self.engine.rows(f"SELECT {sums} FROM narrow")[0]
        return [number for number in range(len(self.plan.checks)) if (row[number // BITS] or 0) >> number % BITS & 1]

    def _seek(self) -> None:
        """Find, for each rule over several rows, the keys that are worth a second look; each key is grouped once."""
        by_key: dict[str, list[int]] = defaultdict(list)
        for place, check in enumerate(self.plan.groups):
            if check.rule.kind != "elsewhere":
                by_key[check.key].append(place)
            else:
                self._candidates[place] = self._strange_keys(place, check)
        for key, places in by_key.items():
            self._group(key, places)
        if self._candidates:
            counts = [f"SELECT {place} AS place, count(*) FROM {table}" for place, table in self._candidates.items()]
            some = {int(place) for place, count in self.engine.rows(" UNION ALL ".join(counts)) if count}
            self._candidates = {place: table for place, table in self._candidates.items() if place in some}

    def _group(self, key: str, places: list[int]) -> None:
        """The groups of one key that any of its rules flags."""
        checks = [self.plan.groups[place] for place in places]
        flags = [self._flag_of_keys(check) for check in checks]
        rows = f"SELECT * FROM narrow WHERE {key} IS NOT NULL"
        least = min(self._least_rows(check) for check in checks)
        if least > 1 and any("DISTINCT" in flag for flag in flags):
            large = f"SELECT {key} FROM narrow WHERE {key} IS NOT NULL GROUP BY {key} HAVING count(*) >= {least}"
            rows = f"SELECT * FROM narrow WHERE {key} IN ({large})"
        told = ", ".join(f"{flag} AS f{place}" for place, flag in zip(places, flags, strict=True))
        grouped = f"SELECT {key} AS k, count(*) AS n, {told} FROM ({rows}) r GROUP BY {key} HAVING count(*) >= {least}"
        kept = " OR ".join(f"f{place}" for place in places)
        self.engine.make(f"groups_{key}", f"SELECT * FROM ({grouped}) g WHERE {kept}")
        for place, check in zip(places, checks, strict=True):
            small = f" AND n <= {MAX_BLOCK}" if check.rule.kind == "similar" else ""
            self._candidates[place] = f"(SELECT k FROM groups_{key} WHERE f{place}{small}) c"
            if small:
                self._note_oversized(check, f"groups_{key}")

    def _flag_of_keys(self, check: GroupCheck) -> str:
        """The group's flag over hashes, which may flag too much but never too little."""
        if check.rule.kind == "similar":
            return "count(*) >= 2"
        flag = check.flag
        if flag.kind == ">" and flag.args[0].value == "count_distinct" and flag.args[1].value == "1":
            value = self.plan.keys[self._hash_sql(flag.args[0].args[0])]
            return f"min({value}) <> max({value})"
        return self._printed(flag, lambda node: self.plan.keys[self._hash_sql(node)])

    def _least_rows(self, check: GroupCheck) -> int:
        """The fewest rows that a group needs for the flag to hold; 1 where the flag doesn't say."""
        if check.rule.kind == "similar":
            return 2
        if check.flag.kind == ">" and check.flag.args[0].value in ("count", "count_distinct"):
            bound = check.flag.args[1]
            if bound.kind == "standard":
                return max(1, self.plan.layers.standard(bound.value) + 1)
            if bound.kind == "literal":
                return int(bound.value) + 1
        return 1

    def _note_oversized(self, check: GroupCheck, groups: str) -> None:
        large = self.engine.rows(f"SELECT count(*) FROM {groups} WHERE n > {MAX_BLOCK}")[0][0]
        if large:
            self.oversized.append(
                f"规则「{check.rule.title}」：有 {large} 组各超过 {MAX_BLOCK} 行内容雷同，没有逐对比较，请先核对。"
            )

    def _strange_keys(self, place: int, check: GroupCheck) -> str:
        relation = self.planner.relation(self.plan.key_needs, of=self.planner.against)
        sql = next(sql for sql, name in self.plan.keys.items() if name == check.key)
        parts = ", ".join(f"{self._value(part)} AS v{number}" for number, part in enumerate(check.parts))
        self.engine.make(
            f"strangers_{place}",
            f"SELECT * FROM (SELECT rid, {parts}, {sql} AS k FROM ({relation}) q) s "
            f"WHERE k IN (SELECT {check.key} FROM narrow WHERE {check.key} IS NOT NULL)",
        )
        return f"strangers_{place}"

    def _hash_sql(self, node: Node) -> str:
        value = self._value(node)
        hashed = self.engine.hashed([value]) if node.type == "text" else value
        return f"CASE WHEN {value} IS NOT NULL THEN {hashed} END"

    def _value(self, node: Node) -> str:
        return self.plan.layers.place(node).sql

    def _read_again(self, fired: list[int]) -> None:
        """Read offenders and candidates once more, whole: what is reported and what is compared."""
        wanted = [f"SELECT rid FROM narrow WHERE m{place} <> 0" for place in range(self._mask_count())]
        for place, table in self._candidates.items():
            wanted.append(f"SELECT rid FROM narrow WHERE {self.plan.groups[place].key} IN (SELECT k FROM {table})")
        self.engine.make("wanted", " UNION ".join(wanted))
        checks = [self.plan.checks[number] for number in fired]
        groups = [self.plan.groups[place] for place in self._candidates]
        cells = {check.column for check in checks if check.column} | {blamed(group) for group in groups}
        cells &= self.plan.layers.present
        columns = ["q.rid", *(f"n.m{place}" for place in range(self._mask_count()))]
        columns += [f"n.{name}" for name in self.plan.keys.values()]
        columns += [f"q.w_{name}" for name in sorted(cells)]
        asked_for = {slot for check in checks for slot in check.slots}
        slots = {number: placed for number, (slot, placed) in enumerate(self.plan.slots.items()) if slot in asked_for}
        for number, placed in slots.items():
            columns.append(f"CAST({placed.sql} AS {self.engine.text_type}) AS s{number}")
        columns += [f"{self._value(node)} AS v{number}" for number, node in enumerate(self._nodes())]
        asked = [*slots.values(), *map(self.plan.layers.place, self._nodes())]
        needed = {alias for placed in asked for alias in placed.needs}
        relation = self.planner.relation(needed, where="rid IN (SELECT rid FROM wanted)", raw=cells)
        self.engine.make("detail", f"SELECT {', '.join(columns)} FROM ({relation}) q JOIN narrow n ON n.rid = q.rid")

    def _nodes(self) -> list[Node]:
        """Every exact value that the rules over several rows compare that have candidates."""
        groups = [self.plan.groups[place] for place in self._candidates]
        nodes = [node for check in groups for node in (*check.parts, *check.extra)]
        return list(dict.fromkeys(nodes))

    def _alias(self, node: Node) -> str:
        return f"v{self._nodes().index(Node(node.kind, node.type, node.value, node.args, '', node.bound))}"

    def _marked(self, fired: list[int]) -> Iterable[Offender]:
        slots = list(self.plan.slots)
        for number in fired:
            check = self.plan.checks[number]
            asked = [slot for slot in check.slots if slot in self.plan.slots]
            cell = f"w_{check.column}" if check.column in self.plan.layers.present else "''"
            columns = ", ".join(["rid", cell, *(f"s{slots.index(slot)}" for slot in asked)])
            bit = self.engine.whole(1 << number % BITS)
            for row in self.engine.rows(f"SELECT {columns} FROM detail WHERE (m{number // BITS} & {bit}) <> 0"):
                given = {slot: str(value) for slot, value in zip(asked, row[2:], strict=True) if value is not None}
                yield Offender(check=check, column=check.column, rid=int(row[0]), value=row[1] or "", slots=given)

    def _verified(self, place: int) -> Iterable[Offender]:
        check = self.plan.groups[place]
        if check.rule.kind == "similar":
            return self._pairs(place, check)
        if check.rule.kind == "elsewhere":
            return self._strangers(place, check)
        return self._members(place, check)

    def _members(self, place: int, check: GroupCheck) -> Iterable[Offender]:
        keys = [self._alias(part) for part in check.parts]
        flag = self._printed(check.flag, self._alias)
        same = " AND ".join(f"d.{key} = g.{key}" for key in keys)
        rows = f"SELECT * FROM detail WHERE {check.key} IN (SELECT k FROM {self._candidates[place]})"
        found = self.engine.rows(
            f"SELECT d.rid, d.w_{blamed(check)}, {', '.join(f'd.{key}' for key in keys)} FROM ({rows}) d "
            f"JOIN (SELECT {', '.join(keys)} FROM ({rows}) e GROUP BY {', '.join(keys)} HAVING {flag}) g ON {same}"
        )
        members: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
        for rid, cell, *key in found:
            members[tuple(key)].append((int(rid), cell or ""))
        for group in members.values():
            rids = sorted(rid for rid, _ in group)
            for rid, cell in group:
                others = [other for other in rids if other != rid]
                yield Offender(check=check, column=blamed(check), rid=rid, value=cell, others=others)

    def _pairs(self, place: int, check: GroupCheck) -> Iterable[Offender]:
        same = [f"a.{check.key} = b.{check.key}", "a.rid <> b.rid"]
        same += [f"a.{self._alias(part)} = b.{self._alias(part)}" for part in check.parts]
        flag = self._printed(check.flag, lambda node: f"{node.side}.{self._alias(node)}")
        rows = f"(SELECT * FROM detail WHERE {check.key} IN (SELECT k FROM {self._candidates[place]}))"
        found = self.engine.rows(
            f"SELECT a.rid, a.w_{blamed(check)}, b.rid FROM {rows} a JOIN {rows} b ON {' AND '.join(same)} WHERE {flag}"
        )
        twins: dict[int, Offender] = {}
        for rid, cell, other in found:
            one = twins.setdefault(
                int(rid), Offender(check=check, column=blamed(check), rid=int(rid), value=cell or "")
            )
            one.others.append(int(other))
        return twins.values()

    def _strangers(self, place: int, check: GroupCheck) -> Iterable[Offender]:
        same = " AND ".join(f"d.{self._alias(part)} = s.v{number}" for number, part in enumerate(check.parts))
        found = self.engine.rows(
            f"SELECT d.rid, d.w_{blamed(check)}, s.rid FROM detail d JOIN strangers_{place} s "
            f"ON d.{check.key} = s.k AND {same}"
        )
        seen: dict[int, Offender] = {}
        for rid, cell, stranger in found:
            one = seen.setdefault(int(rid), Offender(check=check, column=blamed(check), rid=int(rid), value=cell or ""))
            one.strangers.append(int(stranger))
        return seen.values()

    def _printed(self, node: Node, value: Callable[[Node], str]) -> str:
        """Print a flag over aggregates or pairs: columns come from ``value``, nothing gets a layer of its own."""
        layers = self.plan.layers
        if node.kind == "column":
            return value(node)
        if node.kind in ("literal", "standard"):
            return layers.place(node).sql
        if node.kind == "aggregate":
            if not node.args:
                return "count(*)"
            inner = value(node.args[0])
            return f"count(DISTINCT {inner})" if node.value == "count_distinct" else f"{node.value}({inner})"
        args = [self._printed(arg, value) for arg in node.args]
        if node.kind == "call":
            if PRIMITIVES[node.value].over:
                return self._printed(expanded(node), value)
            return PRIMITIVES[node.value].text(self.engine.name).format(*args)
        return print_operator(node.kind, args)


def blamed(check: GroupCheck) -> str:
    """The column whose cell a rule over several rows shows."""
    return check.rule.column or check.rule.key[-1]
