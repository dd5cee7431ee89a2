"""How deep a mark stands, told from the marks that are open, and whether its number is the one that was due."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from .grammar import Mark
from .lines import Doubt, Line

DEEPEST = 32
_SHOWN = 60
_ARABIC = frozenset({"1", "(1)", "1)", "①"})
_CHINESE = frozenset({"一", "(一)", "一)", "㊀"})


@dataclass
class _Level:
    kind: str
    rank: float
    heading: int
    number: int | None


class Levels:
    """The levels open at the point reached. ``marks`` are all of the document: what comes later settles doubts."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.warnings: list[Doubt] = []
        self._open: list[_Level] = []
        self._last: dict[str, int] = {}
        self._under: dict[str, set[str]] = {}
        self._marks = marks
        self._at = -1
        self._places: dict[str, list[int]] = {}
        for at, mark in enumerate(marks):
            self._places.setdefault(mark.kind, []).append(at)

    def place(self, mark: Mark, line: Line) -> tuple[int, float]:
        """The depth at which ``mark`` opens its node (0: top), and how sure its place is. Marks come in order."""
        self._at += 1
        sure = mark.confidence
        depth = self._known(mark)
        if depth is None and (depth := self._continued(mark)) is not None:
            self._warn(line, f"这一级前面的编号写法不同（{mark.label}），按同一级读取")
            sure = min(sure, 0.7)
        if depth is None:
            self._make_room(mark, line.look.heading)
            depth = min(len(self._open), DEEPEST)
            del self._open[depth:]
            self._check_opening(mark, line)
            self._under.setdefault(mark.kind, set()).update(level.kind for level in self._open)
            self._open.append(_Level(mark.kind, mark.rank, line.look.heading, mark.number))
        else:
            del self._open[depth + 1 :]
            sure = min(sure, self._check_next(self._open[depth], mark, line))
            self._open[depth].number = mark.number
        if mark.number is not None:
            self._last[self._open[depth].kind] = mark.number
        return depth, sure

    def _known(self, mark: Mark) -> int | None:
        return next((at for at, level in enumerate(self._open) if level.kind == mark.kind), None)

    def _continued(self, mark: Mark) -> int | None:
        """The open level that an unknown shape goes on with by its number: “（一）” and then “二）”."""
        if mark.number is None or mark.number < 2 or not self._open:
            return None
        if self._last.get(mark.kind) == mark.number - 1:
            return None
        for at in range(len(self._open) - 1, -1, -1):
            level = self._open[at]
            same_signs = any({level.kind, mark.kind} <= family for family in (_ARABIC, _CHINESE))
            if same_signs and level.number == mark.number - 1:
                return at
        return None

    def _make_room(self, mark: Mark, heading: int) -> None:
        """Close what an unknown shape can't stand under: by style where there is one, else by rank.

        A level of lower rank stays open if its own count goes on afterwards: then the mark does stand within it.
        """
        while self._open:
            top = self._open[-1]
            beside = top.heading == heading and (mark.number is None or top.number is None)
            if heading and (not top.heading or top.heading > heading or beside):
                self._open.pop()
            elif top.heading and (not heading or top.heading < heading):
                return
            elif top.rank > mark.rank and not self._goes_on(top, mark.kind):
                self._open.pop()
            else:
                return

    def _goes_on(self, level: _Level, kind: str) -> bool:
        if level.number is None:
            return False
        if level.kind in self._under.get(kind, ()):  # it has stood under that kind before
            return True
        places = self._places[level.kind]
        after = bisect_right(places, self._at)
        return after < len(places) and self._marks[places[after]].number == level.number + 1

    def _check_opening(self, mark: Mark, line: Line) -> None:
        if mark.number is None or mark.number == 1:
            return
        last = self._last.get(mark.kind, 0)
        if mark.number == last + 1:
            return
        if not last:
            why = f"编号从“{mark.label}”开始，前面没有同样写法的编号"
        elif mark.number > last:
            why = f"编号从 {last} 跳到 {mark.number}，缺 {_missing(last, mark.number)}"
        else:
            why = f"编号 {mark.number} 重复或倒退（前面已到 {last}）"
        self._warn(line, why)

    def _check_next(self, level: _Level, mark: Mark, line: Line) -> float:
        if mark.number is None or level.number is None or mark.number == level.number + 1:
            return 1.0
        if mark.number == level.number:
            why = f"编号 {mark.number} 重复"
        elif mark.number > level.number:
            why = f"编号从 {level.number} 跳到 {mark.number}，缺 {_missing(level.number, mark.number)}"
        elif mark.number == 1:
            why = "编号在同一级里从 1 重新开始，中间可能缺了上一级标题"
        else:
            why = f"编号从 {level.number} 倒退到 {mark.number}"
        self._warn(line, why)
        return 0.8

    def _warn(self, line: Line, why: str) -> None:
        self.warnings.append(Doubt(line=line.no, text=line.text.strip()[:_SHOWN], why=why))


def _missing(last: int, number: int) -> str:
    absent = range(last + 1, number)
    return "、".join(map(str, absent)) if len(absent) <= 5 else f"{absent[0]} 至 {absent[-1]}"
