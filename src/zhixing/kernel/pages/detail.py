"""DetailPage: one record with its facts, tabs, panels and deeds."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone

from ..base.records import DataClass
from ..trail.pace import outpaced
from ..trail.record import ReasonMissing, record, reveal
from .cells import Cell, cell_of, field_at
from .deeds import answer_one
from .errors import too_fast
from .page import READING, Page, Request, address_of
from .papering import printings_of
from .printing import markup_of
from .record_tabs import BUILT_IN
from .rendering import render
from .rights import deed_permission
from .standing import row_of
from .values import Column, Deed, Facts

ABOUT_PEOPLE = {DataClass.PERSONAL, DataClass.SENSITIVE, DataClass.SEALED}


class DetailPage(Page):
    """One row of ``model``; fields in ``reveal`` can be seen whole with a reason."""

    abstract = True
    model: ClassVar[Any] = None
    slug: ClassVar[str] = ""
    facts: ClassVar[tuple[Facts, ...]] = ()
    reveal: ClassVar[tuple[str, ...]] = ()
    deeds: ClassVar[tuple[Deed, ...]] = ()
    tabs: ClassVar[tuple[str, ...]] = ()
    template: ClassVar[str] = "pages/detail.html"

    def context(self, request: Request, row: Any) -> dict[str, Any]:
        """What a template of one's own needs besides the usual."""
        return {}

    @classmethod
    def stem(cls) -> str:
        return f"{cls.model._meta.app_label}.{cls.slug or cls.model._meta.model_name}"

    @classmethod
    def heading(cls) -> str:
        return cls.title or str(cls.model._meta.verbose_name)

    @classmethod
    def view_permission(cls) -> str:
        return cls.permission or f"{cls.model._meta.label_lower}.view"

    @classmethod
    def entry(cls) -> str:
        return f"{cls.stem()}.detail"

    @classmethod
    def is_about_a_person(cls) -> bool:
        return bool(ABOUT_PEOPLE & set(getattr(cls.model, "personal", {}).values()))

    @classmethod
    @cache
    def groups(cls) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
        return tuple((group.title, tuple(_fact(cls.model, field) for field in group.fields)) for group in cls.facts)

    @classmethod
    @cache
    def joins(cls) -> tuple[str, ...]:
        """Relations that the facts and the row's own name need, fetched with the row."""
        found = set()
        for _, cells in cls.groups():
            for cell in cells:
                way = cell.source.rpartition("__")[0]
                if way and isinstance(field_at(cls.model, way), models.ForeignKey):
                    found.add(way)
        return tuple(sorted(found))

    @classmethod
    def addresses(cls) -> list[URLPattern]:
        stem, declared, label = cls.stem(), cls.declaration(), cls.model._meta.label_lower
        at = stem.replace(".", "/") + "/<uuid:uid>/"
        grave = DataClass.PERSONAL if cls.is_about_a_person() else cls.data_class
        declared_one = cls.view("answer", declared, methods=READING, data_class=grave)
        found = [
            path(at, declared_one, name=f"{stem}.detail"),
            path(f"{at}tab/<str:name>/", cls.view("tab", declared, methods=READING), name=f"{stem}.tab"),
        ]
        if cls.reveal:
            view = cls.view("reveal_one", declared, methods=("GET", "POST"), permission=f"{label}.reveal",
                            data_class=DataClass.SEALED, step_up=True)  # fmt: skip
            found.append(path(f"{at}reveal/<str:field>/", view, name=f"{stem}.reveal"))
        for deed in cls.deeds:
            view = cls.view("deed", declared, methods=("POST",), permission=deed_permission(deed, label))
            found.append(
                path(f"{at}deed/{deed.name}/", view, {"name": deed.name}, name=f"{stem}.detail.deed.{deed.name}")
            )
        return found

    def row(self, request: Request, uid: Any, action: str = "view") -> Any:
        """The record, through the one door; 404 when the asker may not see it."""
        found = row_of(self.model, self.joins(), request.user, action, uid)
        if found is None:
            raise Http404
        return found

    def answer(self, request: Request, **kwargs: Any) -> HttpResponse:
        from .declare import panels  # ring

        row = self.row(request, kwargs["uid"])
        if self.is_about_a_person():
            if outpaced(request.user, row, timezone.now()):
                return too_fast(request)
            record(
                action="view", by=request.user, at=timezone.now(), on=row, data_class=DataClass.PERSONAL, waits=False
            )
        parts = [part for part in (kind() for kind in panels if kind.on is self.model) if part.allowed(request)]
        shown = [(part, part.context(request, row)) for part in sorted(parts, key=lambda part: part.order)]
        context = {
            "page": self,
            "title": str(row),
            "row": row,
            "groups": [(title, [self._fact(cell, row) for cell in cells]) for title, cells in self.groups()],
            "tabs": self.allowed_tabs(request),
            "panels": [(part, {**held, "row": row, "request": request}) for part, held in shown if held is not None],
            "deeds": self.allowed_deeds(request, row),
            "printings": printings_of(request, row),
            "edit": self.edit_address(request, row),
            "listed": address_of(type(self), "list"),
            "revealable": self.revealable(request, row),
            **self.context(request, row),
        }
        return render(request, self.template, context)

    def _fact(self, cell: Cell, row: Any) -> tuple[str, str, Any, bool]:
        """(path, heading, markup, whether it needs the whole width)."""
        value: Any = row
        for name in cell.source.split("__"):
            try:
                value = getattr(value, name, None)
            except ObjectDoesNotExist:
                value = None
        if callable(value):
            value = value()
        shown = markup_of(cell, value)
        return cell.path, cell.title, shown, len(shown) > 60 or cell.width == "wide"

    def revealable(self, request: Request, row: Any) -> set[str]:
        """Fields that hold something which the asker may see whole, with a reason."""
        may = request.user.holds(f"{self.model._meta.label_lower}.reveal")
        return {name for name in self.reveal if getattr(row, name)} if may else set()

    def allowed_deeds(self, request: Request, row: Any) -> list[Deed]:
        label = self.model._meta.label_lower
        return [
            deed for deed in self.deeds
            if request.user.holds(deed_permission(deed, label)) and (deed.when is None or deed.when(row))
        ]  # fmt: skip

    def edit_address(self, request: Request, row: Any) -> str:
        label = self.model._meta.label_lower
        return address_of(type(self), "edit", row.uid) if request.user.holds(f"{label}.change") else ""

    def allowed_tabs(self, request: Request) -> list[tuple[str, str]]:
        """(name, title) of each tab the asker may open: those of other apps by their order, then the built-in ones."""
        from .declare import tabs  # ring

        own = sorted((kind for kind in tabs if kind.on is self.model), key=lambda kind: kind.order)
        found = [(kind.code(), kind.title) for kind in own if kind().allowed(request)]
        return found + [(name, BUILT_IN[name].title) for name in self.tabs if BUILT_IN[name].allowed(request)]

    def tab(self, request: Request, uid: Any, name: str) -> HttpResponse:
        """The body of one tab, fetched when it is opened."""
        from .declare import tabs  # ring

        row = self.row(request, uid)
        if name not in dict(self.allowed_tabs(request)):
            raise Http404
        part = BUILT_IN[name] if name in BUILT_IN else tabs[name]()
        return render(request, part.template, {**part.context(request, row), "row": row, "page": self})

    def reveal_one(self, request: Request, uid: Any, field: str) -> HttpResponse:
        """Ask why, then show one sealed value; the trail keeps who, when and why."""
        if field not in self.reveal:
            raise Http404
        row = self.row(request, uid, "reveal")
        if request.method == "POST" and outpaced(request.user, row, timezone.now()):
            return too_fast(request)
        heading = str(field_at(self.model, field).verbose_name)  # type: ignore[union-attr]
        context = {"row": row, "field": field, "heading": heading, "value": None, "fault": "", "action": request.path}
        if request.method == "POST":
            try:
                context["value"] = reveal(
                    row, field, by=request.user, at=timezone.now(), reason=request.POST.get("reason", "")
                )
            except (ReasonMissing, PermissionError) as error:
                context["fault"] = str(error)
        return render(request, "pages/_reveal.html", context, 422 if context["fault"] else 200)

    def deed(self, request: Request, uid: Any, name: str) -> HttpResponse:
        return answer_one(request, next(deed for deed in self.deeds if deed.name == name), self.model, uid)


def _fact(model: Any, field: str | Column) -> Cell:
    column = Column(field) if isinstance(field, str) else field
    if field_at(model, column.path) is None and not column.title:
        described = getattr(getattr(model, column.path, None), "short_description", "")
        column = Column(column.path, described, render=column.render)
    return cell_of(model, column)
