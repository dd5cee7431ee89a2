"""Declare a paper once: a Print button stands on the pages of its model, and the register keeps what was issued."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from ..base.records import Record
from ..base.registry import Registry
from .blocks import Letter

if TYPE_CHECKING:
    from django import forms

    from ..people.models import Tenant

ISSUE = "papers.issuedpaper.add"
"""Who may allot a number and put a paper on the register; to see a draft, seeing the record is enough."""


class Paper:
    """Something that the school prints. A subclass in an app's papers.py is a declaration.

    ``of``: the model of the record it is about; None for a paper about the whole school. ``many``: it is about a list
    of rows (a ledger) and is offered on the list page. ``kind``: the register its numbers come from, one sequence per
    kind and year; blank for a paper without number, or with the number that its record has (``Letter.number``).
    ``asks``: a form to fill in first; its cleaned data go to ``compose`` as keywords. ``permission``: who may see it,
    by default who may view ``of``; where ``of`` is None it must be held over the whole school. ``issuing``: what one
    must hold besides the right to issue papers, where seeing the record isn't enough. ``when(row)`` withholds the
    button where the paper makes no sense. ``joins`` are relations read together with the rows.
    """

    abstract: ClassVar[bool] = True
    title: ClassVar[str] = ""
    kind: ClassVar[str] = ""
    of: ClassVar[type[Record] | None] = None
    many: ClassVar[bool] = False
    landscape: ClassVar[bool] = False
    asks: ClassVar[type[forms.Form] | None] = None
    permission: ClassVar[str] = ""
    issuing: ClassVar[str] = ""
    icon: ClassVar[str] = "printer"
    joins: ClassVar[tuple[str, ...]] = ()

    def compose(self, *args: Any, **kwargs: Any) -> Letter:
        """The paper itself; reads, never writes.

        Called as ``compose(row, number=, on=, school=, **asked)``, with ``many`` as ``compose(rows=, …)`` (a list in
        the order of the page), without ``of`` as ``compose(number=, …)``. ``number`` is blank in a draft; the kernel
        prints it in its place by itself. ``on`` is the day of issue, ``school`` the Tenant. Raises ValidationError
        with a plain message when the record isn't fit to be printed.
        """
        raise NotImplementedError

    def when(self, row: Any) -> bool:
        """Whether the paper makes sense for this row."""
        return True

    @classmethod
    def number_text(cls, sequence: int, year: int, school: Tenant) -> str:
        """How the number reads (GB/T 9704: no “第”, no leading zeros). 发文 override it with their 机关代字."""
        return f"{cls.kind}〔{year}〕{sequence}号"

    @classmethod
    def code(cls) -> str:
        """app.ClassName: kept in the register."""
        parts = cls.__module__.split(".")
        app = parts[parts.index("papers") - 1] if "papers" in parts else parts[-1]
        return f"{app}.{cls.__name__}"

    @classmethod
    def view_permission(cls) -> str:
        """What one must hold to see the paper."""
        return cls.permission or (f"{cls.of._meta.label_lower}.view" if cls.of is not None else ISSUE)


papers: Registry[type[Paper]] = Registry("paper")


def papers_of(model: Any, *, many: bool) -> list[type[Paper]]:
    """Papers offered on the detail page (or, with ``many``, the list page) of a model, in the order declared."""
    return [paper for paper in papers if paper.of is model and paper.many is many]


def day_of(at: Any) -> date:
    """The school's day of a moment."""
    from django.utils.timezone import localtime  # app ready

    return localtime(at).date()


def written_day(value: Any) -> str:
    """A day or a moment as offices write it (2018年1月6日, no leading zeros); blank for none."""
    day = day_of(value) if isinstance(value, datetime) else value
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
