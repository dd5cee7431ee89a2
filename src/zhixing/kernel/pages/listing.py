"""ListPage: a model's rows with filters, order, columns, views, batch deeds and export, from one declaration."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from django.http import HttpResponse, JsonResponse, QueryDict
from django.urls import URLPattern, path

from ..base.records import DataClass
from .asking import Asked, read
from .cells import Cell, cell_of, field_at
from .errors import bad_question
from .filters import BadQuestion, Sieve, related_options, sieve_of
from .listview import list_context
from .page import READING, Page, Request, address_of, is_fragment, room_of
from .querying import narrowed
from .rendering import render
from .rights import deed_permission, may_export
from .values import Column, Deed, Filter, ViewPreset

NO_UID = "00000000-0000-0000-0000-000000000000"


class ListPage(Page):
    """Rows of ``model`` that the asker may see. See the attributes; only ``model`` and ``columns`` are needed."""

    abstract = True
    model: ClassVar[Any] = None
    slug: ClassVar[str] = ""
    columns: ClassVar[tuple[str | Column, ...]] = ()
    filters: ClassVar[tuple[str | Filter, ...]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    search_index: ClassVar[Mapping[str, str]] = MappingProxyType({})
    order: ClassVar[tuple[str, ...]] = ()
    batch: ClassVar[tuple[Deed, ...]] = ()
    primary: ClassVar[str | tuple[str, str]] = ""
    sheet: ClassVar[str] = ""
    presets: ClassVar[tuple[ViewPreset, ...]] = ()
    empty: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    mark_findings: ClassVar[bool] = False
    links: ClassVar[bool] = True
    template: ClassVar[str] = "pages/list.html"

    def rows(self, request: Request) -> Any:
        """The rows the page is about; a page may narrow or annotate them further, never widen them."""
        return self.model._default_manager.all().visible_to(request.user, "view")

    plain_rows = rows

    # -- what the declaration amounts to -------------------------------------------------------------------------

    @classmethod
    def stem(cls) -> str:
        """app.model or app.slug: what names and addresses of the page begin with."""
        return f"{cls.model._meta.app_label}.{cls.slug or cls.model._meta.model_name}"

    @classmethod
    def heading(cls) -> str:
        return cls.title or str(cls.model._meta.verbose_name)

    @classmethod
    def view_permission(cls) -> str:
        return cls.permission or f"{cls.model._meta.label_lower}.view"

    @classmethod
    def entry(cls) -> str:
        return f"{cls.stem()}.list"

    @classmethod
    @cache
    def cells(cls) -> dict[str, Cell]:
        """Every column that may be shown, by path."""
        return {cell.path: cell for cell in (cell_of(cls.model, column) for column in cls.columns)}

    @classmethod
    @cache
    def sieves(cls) -> dict[str, Sieve]:
        """Every filter parameter the address may carry; presets bring what only they use."""
        found = {name: sieve for sieve in cls.controls() for name in sieve.parameters}
        for preset in cls.presets:
            for name, _ in parse_qsl(preset.query):
                base = name.removesuffix("__isnull").removesuffix("__from").removesuffix("__to")
                if name not in found and field_at(cls.model, base) is not None:
                    found[name] = sieve_of(cls.model, base)
        for cell in cls.cells().values():
            if field_at(cls.model, cell.path) is not None:
                found.setdefault(f"{cell.path}__isnull", sieve_of(cls.model, cell.path))
        return found

    @classmethod
    @cache
    def controls(cls) -> tuple[Sieve, ...]:
        return tuple(sieve_of(cls.model, declared) for declared in cls.filters)

    @classmethod
    @cache
    def detail_pattern(cls) -> str:
        """The path of the detail page with UID for the uid; blank where the model has none."""
        if not cls.links:
            return ""
        return address_of(cls, "detail", NO_UID).replace(NO_UID, "UID")

    @classmethod
    def lawful_columns(cls, asked: Asked) -> tuple[Cell, ...]:
        """The columns asked for, in the order declared; the usual ones when nothing was asked."""
        every = cls.cells()
        wanted = asked.columns or tuple(path for path, cell in every.items() if cell.default)
        return tuple(every[path] for path in every if path in wanted)

    @classmethod
    def ask(cls, query: QueryDict) -> Asked:
        """Read an address line; raises BadQuestion."""
        return read(query, cls.sieves(), cls.cells())

    def found(self, request: Request, asked: Asked) -> Any:
        """Every row that the question finds and the asker may see, in no order."""
        return narrowed(self.rows(request), asked, self.sieves(), self.search, self.search_index)

    # -- addresses -------------------------------------------------------------------------------------------------

    @classmethod
    def code(cls) -> str:
        return f"{room_of(cls.__module__)}.{cls.__name__}"

    @classmethod
    def addresses(cls) -> list[URLPattern]:
        """The list itself, its options, saved views, export and one address per batch deed."""
        stem, declared = cls.stem(), cls.declaration()
        at = stem.replace(".", "/") + "/"
        label = cls.model._meta.label_lower
        found = [
            path(
                at, cls.view("answer", declared, methods=READING, data_class=cls.data_class_of()), name=f"{stem}.list"
            ),
            path(f"{at}options/<str:name>/", cls.view("options", declared, methods=READING), name=f"{stem}.options"),
            path(f"{at}views/", cls.view("views", declared, methods=(*READING, "POST")), name=f"{stem}.views"),
            path(
                f"{at}export/",
                cls.view("export", declared, methods=(*READING, "POST"), permission=may_export(label)),
                name=f"{stem}.export",
            ),
        ]
        for deed in cls.batch:
            allowed = deed_permission(deed, label)
            view = cls.view("deed", declared, methods=("POST",), permission=allowed)
            found.append(path(f"{at}deed/{deed.name}/", view, {"name": deed.name}, name=f"{stem}.deed.{deed.name}"))
        return found

    @classmethod
    def data_class_of(cls) -> DataClass:
        """The gravest class among the columns shown."""
        personal = getattr(cls.model, "personal", {})
        return max(
            (personal.get(cell.path, DataClass.INTERNAL) for cell in cls.cells().values()), default=DataClass.INTERNAL
        )

    def answer(self, request: Request, **kwargs: Any) -> HttpResponse:
        try:
            asked = self.ask(request.GET)
            context = list_context(self, request, asked)
        except BadQuestion as error:
            return bad_question(request, str(error))
        partial = is_fragment(request, "listing")
        response = render(request, "pages/_listing.html" if partial else self.template, context)
        if partial:
            query = asked.query(page=asked.page)
            response["HX-Push-Url"] = request.path + (f"?{query}" if query else "")
        return response

    def options(self, request: Request, name: str) -> HttpResponse:
        """Choices of a relation filter, asked for when its control is opened."""
        sieve = next((sieve for sieve in self.controls() if sieve.path == name and sieve.kind == "relation"), None)
        if sieve is None:
            return bad_question(request, "没有这个条件")
        pairs = related_options(sieve, self.rows(request), request.GET.get("q", "")[:40].strip())
        return JsonResponse({"options": [{"value": value, "label": label} for value, label in pairs]})

    def views(self, request: Request) -> HttpResponse:
        """Save the present question under a name, or forget one."""
        from .savedviews import answer  # ring

        return answer(self, request)

    def export(self, request: Request) -> HttpResponse:
        from .exporting import answer  # ring

        return answer(self, request)

    def deed(self, request: Request, name: str) -> HttpResponse:
        from .deeds import answer_many  # ring

        return answer_many(self, request, next(deed for deed in self.batch if deed.name == name))
