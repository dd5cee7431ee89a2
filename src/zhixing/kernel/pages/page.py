"""What every page is: a class with a title, an address and an access declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, URLPattern, path, reverse

from ..base.records import DataClass
from ..people.access import Access, Audience
from .rendering import render
from .values import Menu

if TYPE_CHECKING:
    from ..people.models import User

READING = ("GET", "HEAD")


class Request(HttpRequest):
    """A request after the gate: signed in, or at an address declared public."""

    user: User
    access: Access
    request_id: str


Answer = Mapping[str, Any] | HttpResponseBase
View = Callable[..., HttpResponseBase]


def room_of(module: str) -> str:
    """The app label of a pages room, as in domains.students.pages or kernel.pages.people_pages."""
    parts = module.split(".")
    if parts[-1].endswith("_pages"):
        return parts[-1].removesuffix("_pages")
    return parts[parts.index("pages") - 1] if "pages" in parts else parts[-1]


class Page:
    """One address. ``get`` and ``post`` return a context for ``template``, or a response of their own."""

    path: ClassVar[str] = ""
    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    menu: ClassVar[Menu | None] = None
    template: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    audience: ClassVar[Audience | str] = Audience.SIGNED_IN
    data_class: ClassVar[DataClass] = DataClass.INTERNAL
    methods: ClassVar[tuple[str, ...]] = ()
    step_up: ClassVar[bool] = False
    before_activation: ClassVar[bool] = False

    @classmethod
    def code(cls) -> str:
        return f"{room_of(cls.__module__)}.{cls.__name__}"

    @classmethod
    def heading(cls) -> str:
        """The title shown on the page and in the search."""
        return cls.title or (cls.menu.label if cls.menu else "")

    @classmethod
    def view_permission(cls) -> str:
        """What one must hold to open the page; blank for anyone signed in."""
        return cls.permission

    @classmethod
    def entry(cls) -> str:
        """The URL name of the page's front door."""
        return cls.name

    @classmethod
    def declaration(cls) -> Access:
        methods = cls.methods or (READING + (("POST",) if cls.post is not Page.post else ()))
        return Access(
            audience=Audience(cls.audience),
            permission=cls.view_permission(),
            data_class=cls.data_class,
            methods=methods,
            step_up=cls.step_up,
            before_activation=cls.before_activation,
        )

    @classmethod
    def addresses(cls) -> list[URLPattern]:
        """Every address of the page, each with its access declaration."""
        return [path(cls.path, cls.view("answer", cls.declaration()), name=cls.name)]

    @classmethod
    def view(cls, method: str, declared: Access, **changes: Any) -> View:
        """A view function that makes a fresh page for each request and calls ``method`` on it."""
        declared = replace(declared, **changes) if changes else declared

        def view(request: Request, **kwargs: Any) -> HttpResponseBase:
            if request.method not in declared.methods:
                return HttpResponseNotAllowed(declared.methods)
            answered: HttpResponseBase = getattr(cls(), method)(request, **kwargs)
            return answered

        view.access = declared  # type: ignore[attr-defined]
        view.page = cls  # type: ignore[attr-defined]
        return view

    def get(self, request: Request, **kwargs: Any) -> Answer:
        return {}

    def post(self, request: Request, **kwargs: Any) -> Answer:
        raise NotImplementedError

    def answer(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        answered = self.post(request, **kwargs) if request.method == "POST" else self.get(request, **kwargs)
        if isinstance(answered, HttpResponseBase):
            return answered
        return render(request, self.template, {"title": self.heading(), "page": self, **answered})


def address_of(page: type[Any], act: str, *args: Any) -> str:
    """The address of another page on the same model: of the same slug if there is one, else the model's own."""
    for stem in (page.stem(), page.model._meta.label_lower):
        try:
            return reverse(f"{stem}.{act}", args=args)
        except NoReverseMatch:
            continue
    return ""


def is_fragment(request: HttpRequest, target: str = "") -> bool:
    """Whether HTMX asks for a part of the page (for the element ``target``) rather than for the whole."""
    if request.headers.get("HX-Request") != "true" or request.headers.get("HX-History-Restore-Request") == "true":
        return False
    return not target or request.headers.get("HX-Target") == target
