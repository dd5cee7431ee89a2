"""The values a page is declared with: what stands in its columns, filters, menu and deeds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

GROUPS = (
    "工作台", "提升计划", "督办会议", "检查整改", "佐证公文", "学生", "教学", "实习就业", "安全", "制度", "队伍",
    "文化", "质量", "公开", "系统",
)  # fmt: skip
GROUP_ICONS = {
    "工作台": "layout-dashboard", "提升计划": "target-arrow", "督办会议": "clipboard-list",
    "检查整改": "checkup-list", "佐证公文": "archive", "学生": "school", "教学": "chalkboard",
    "实习就业": "briefcase", "安全": "shield-check", "制度": "book-2", "队伍": "users-group", "文化": "flag",
    "质量": "chart-histogram", "公开": "world", "系统": "settings",
}  # fmt: skip


@dataclass(frozen=True)
class Menu:
    """Where a page stands in the left menu. ``group`` is one of GROUPS, ``icon`` the name of a Tabler icon."""

    group: str
    label: str
    icon: str = "point"
    position: int = 100

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"{self.group} is not a group of the menu")


@dataclass(frozen=True)
class Column:
    """One column of a list: a field path such as ``class_group__name``, or an annotation that ``rows`` adds.

    ``render`` turns a value into text (escaped) or Markup; ``default=False`` offers the column without showing it.
    ``width`` is a CSS-free hint: "narrow", "wide", "wrap" (long words break into lines) or blank.
    """

    path: str
    title: str = ""
    width: str = ""
    numeric: bool = False
    link: bool = False
    render: Callable[[Any], Any] | None = None
    default: bool = True


@dataclass(frozen=True)
class Filter:
    """One filter of a list. Its control follows the field; ``options`` (value, label) and ``apply`` replace that.

    ``apply(rows, value)`` returns the narrowed rows; without it the filter asks for equality on ``path``.
    """

    path: str
    title: str = ""
    options: Iterable[tuple[str, str]] | Callable[[Any], Iterable[tuple[str, str]]] | None = None
    apply: Callable[[Any, str], Any] | None = None


@dataclass(frozen=True)
class Facts:
    """A titled group of fields on a detail or edit page."""

    title: str
    fields: tuple[str | Column, ...]


@dataclass(frozen=True)
class ViewPreset:
    """A ready-made view of a list: its address line under a name."""

    title: str
    query: str


@dataclass(frozen=True)
class Deed:
    """Something that can be done to rows from a page.

    ``action(row, by=, at=, **fields of the form)``, once per row in a transaction each; with ``bulk`` once for the
    list of rows. ``permission`` defaults to ``<label>.change``; its last part is the action asked of ``visible_to``.
    """

    name: str
    label: str
    action: Callable[..., Any]
    permission: str = ""
    form: Any = None
    confirm: str = ""
    icon: str = ""
    danger: bool = False
    when: Callable[[Any], bool] | None = None
    many: bool = True
    bulk: bool = False
