"""How states of the column are shown in cells."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from zhixing.kernel.pages.words import tag

from ..choices import ArticleKind, ArticleState, Consent, LessonState

_COLOURS: dict[Any, dict[str, str]] = {
    ArticleState: {
        "drafted": "grey", "submitted": "amber", "returned": "red", "reviewed": "blue", "published": "green",
        "withdrawn": "grey",
    },
    LessonState: {
        "drafted": "grey", "submitted": "amber", "returned": "red", "published": "green", "withdrawn": "grey",
    },
    ArticleKind: dict.fromkeys(ArticleKind.values, "blue"),
    Consent: {"lacking": "red", "given": "green", "no_face": "grey"},
}  # fmt: skip


def badge_of(choices: Any) -> Any:
    """A renderer for a column of these choices: a small badge in its colour."""
    colours = _COLOURS[choices]

    def render(value: str | None) -> Markup | str:
        return tag(str(choices(value).label), colours[value]) if value else ""

    return render


def yes_mark(value: bool | None) -> Markup | str:
    """A truth that is good news; blank for none."""
    return tag("是", "green") if value else ""


def at_state(*states: str) -> Any:
    """A condition for deeds: the row is in one of these states."""
    return lambda row: row.state in states
