"""EditPage: add or change one record through its verbs, with an optimistic version and a conflict page."""

from __future__ import annotations

from functools import cache, partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from ..base.records import EditConflict
from ..people.sealing import SealedField
from ..procedures.declare import StepRefused
from .cells import cell_of, field_at, title_field
from .errors import bad_question, conflict
from .forms import RowField, dress, field_for
from .once import FIELD, SentBefore, fresh_mark, once
from .page import READING, Page, Request, address_of
from .printing import markup_of
from .rendering import render
from .values import Column, Facts

SHOWN_OPTIONS = 30
VERSION = "seen_version"


class EditPage(Page):
    """``create(values, by=, at=)`` and ``change(row, values, by=, at=, seen_version=)`` are the model's verbs.

    A verb raises ValidationError({field: message}) for bad input and EditConflict when someone else saved first.
    Without ``create`` (or ``change``) the page has no address to add (or to edit).
    """

    abstract = True
    model: ClassVar[Any] = None
    slug: ClassVar[str] = ""
    groups: ClassVar[tuple[Facts, ...]] = ()
    create: ClassVar[Any] = None
    change: ClassVar[Any] = None
    template: ClassVar[str] = "pages/edit.html"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for verb in ("create", "change"):
            given = cls.__dict__.get(verb)
            if given is not None and not isinstance(given, staticmethod):
                setattr(cls, verb, staticmethod(given))

    def choices(self, request: Request, field: str) -> Any:
        """Rows a relation may be set to; those about people only as far as the asker may see them."""
        related: Any = field_at(self.model, field).related_model  # type: ignore[union-attr]
        rows = related._default_manager.all()
        return rows.visible_to(request.user, "view") if getattr(related, "personal", {}) else rows

    def after(self, request: Request, row: Any) -> str:
        """Where to go once saved: the record, or its list."""
        return address_of(type(self), "detail", row.uid) or address_of(type(self), "list") or "/"

    # -- what the declaration amounts to -------------------------------------------------------------------------

    @classmethod
    def stem(cls) -> str:
        return f"{cls.model._meta.app_label}.{cls.slug or cls.model._meta.model_name}"

    @classmethod
    def heading(cls) -> str:
        return cls.title or str(cls.model._meta.verbose_name)

    @classmethod
    def view_permission(cls) -> str:
        return f"{cls.model._meta.label_lower}.add"

    @classmethod
    def entry(cls) -> str:
        return f"{cls.stem()}.add"

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """The fields of the form, in order."""
        return tuple(f.path if isinstance(f, Column) else f for group in cls.groups for f in group.fields)

    @classmethod
    def addresses(cls) -> list[URLPattern]:
        stem, declared, label = cls.stem(), cls.declaration(), cls.model._meta.label_lower
        at, both, found = stem.replace(".", "/") + "/", (*READING, "POST"), []
        if cls.create is not None:
            add = cls.view("add", declared, methods=both, permission=f"{label}.add")
            choose = cls.view("options", declared, methods=READING, permission=f"{label}.add")
            found += [
                path(f"{at}add/", add, name=f"{stem}.add"),
                path(f"{at}add/options/<str:name>/", choose, name=f"{stem}.add.options"),
            ]
        if cls.change is not None:
            edit = cls.view("edit", declared, methods=both, permission=f"{label}.change")
            choose = cls.view("options", declared, methods=READING, permission=f"{label}.change")
            found += [
                path(f"{at}<uuid:uid>/edit/", edit, name=f"{stem}.edit"),
                path(f"{at}<uuid:uid>/edit/options/<str:name>/", choose, name=f"{stem}.edit.options"),
            ]
        return found

    # -- answers ---------------------------------------------------------------------------------------------------

    def add(self, request: Request) -> HttpResponse:
        form = self.form(request, None, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():

            def create() -> tuple[Any, str]:
                made = type(self).create(self.values(form, None), by=request.user, at=timezone.now())
                return made, self.after(request, made)

            try:
                return HttpResponseRedirect(once(request.POST.get(FIELD, ""), request.user, create)[1])
            except SentBefore as twin:
                return HttpResponseRedirect(twin.address)
            except (ValidationError, PermissionError, StepRefused, IntegrityError) as error:
                blame(form, error)
        return self.show(request, form, None)

    def edit(self, request: Request, uid: Any) -> HttpResponse:
        row = self.model._default_manager.all().visible_to(request.user, "change").filter(uid=uid).first()
        if row is None:
            raise Http404
        if request.method != "POST":
            return self.show(request, self.form(request, row, None), row)
        seen = request.POST.get(VERSION, "")
        if not seen.isascii() or not seen.isdigit() or len(seen) > 9:
            return bad_question(request, "表单不完整，请刷新页面后再提交")
        form = self.form(request, row, request.POST)
        if request.POST.get("again") == "1" or not form.is_valid():
            return self.show(request, form, row)
        try:
            with transaction.atomic():
                saved = type(self).change(
                    row, self.values(form, row), by=request.user, at=timezone.now(), seen_version=int(seen)
                )
            return HttpResponseRedirect(self.after(request, saved if isinstance(saved, self.model) else row))
        except EditConflict as error:
            return self.clash(request, form, uid, str(error))
        except (ValidationError, PermissionError, StepRefused, IntegrityError) as error:
            blame(form, error)
        return self.show(request, form, row)

    def form(self, request: Request, row: Any, data: Any) -> forms.Form:
        """The form of this record; ``data`` is what was sent, or None."""
        made = forms.Form(data, initial=self.initial(row))
        for name in self.names():
            field: Any = self.model._meta.get_field(name)
            made.fields[name] = field_for(field, row, partial(self.choices, request, name), self.source(row, name))
        dress(made)
        for name, field in made.fields.items():
            if data is not None and isinstance(field, RowField):
                field.bound_data(data.get(name), None)
        return made

    def source(self, row: Any, name: str) -> str:
        """Where a relation's choices are asked for."""
        if not isinstance(self.model._meta.get_field(name), models.ForeignKey):
            return ""
        if row is None:
            return reverse(f"{self.stem()}.add.options", args=[name])
        return reverse(f"{self.stem()}.edit.options", args=[row.uid, name])

    def initial(self, row: Any) -> dict[str, Any]:
        if row is None:
            return {
                name: f.get_default() for name in self.names() if (f := self.model._meta.get_field(name)).has_default()
            }
        sealed = {f.name for f in self.model._meta.concrete_fields if isinstance(f, SealedField)}
        return {name: getattr(row, name) for name in self.names() if name not in sealed}

    def values(self, form: forms.Form, row: Any) -> dict[str, Any]:
        """Cleaned values; a sealed field left blank is left out when editing, so that it stays as it is."""
        found = dict(form.cleaned_data)
        for name in self.names():
            if row is not None and isinstance(self.model._meta.get_field(name), SealedField) and not found[name]:
                del found[name]
        return found

    def show(self, request: Request, form: forms.Form, row: Any) -> HttpResponse:
        placed = [
            (group.title, [(form[_name(field)], _wide(field)) for field in group.fields]) for group in self.groups
        ]
        context = {
            "page": self,
            "title": f"修改{self.model._meta.verbose_name}"
            if row is not None
            else f"新增{self.model._meta.verbose_name}",
            "form": form,
            "placed": placed,
            "row": row,
            "mark": fresh_mark(request.POST.get(FIELD, "")),
            "version": request.POST.get(VERSION) or getattr(row, "version", ""),
            "back": self.after(request, row) if row is not None else (address_of(type(self), "list") or "/"),
        }
        return render(request, self.template, context, 422 if form.is_bound and form.errors else 200)

    def clash(self, request: Request, form: forms.Form, uid: Any, words: str) -> HttpResponse:
        """409: the newest values beside those typed in; sending again is then a choice, not an accident."""
        newest = self.model._default_manager.all().visible_to(request.user, "change").get(uid=uid)
        lines = []
        for name in self.names():
            cell = cell_of(self.model, name)
            now = markup_of(cell, _value(newest, cell.source))
            typed = form.cleaned_data.get(name)
            if isinstance(self.model._meta.get_field(name), SealedField):
                mine = "（已填写新值）" if typed else "（不修改）"
            elif isinstance(typed, models.Model):
                mine = str(typed)
            else:
                mine = markup_of(cell, typed)
            lines.append((cell.title, now, mine, str(now) != str(mine) and mine != "（不修改）"))
        kept = [(key, value) for key in request.POST for value in request.POST.getlist(key)
                if key not in {VERSION, "again", "csrfmiddlewaretoken"}]  # fmt: skip
        context = {"title": "有人先改过了", "words": words, "lines": lines, "kept": kept, "row": newest,
                   "action": request.path, "version": newest.version, "back": self.after(request, newest)}  # fmt: skip
        return conflict(request, context)

    def options(self, request: Request, name: str, uid: Any = None) -> HttpResponse:
        """Choices of a relation as one types: by name, and by pinyin where the row keeps it."""
        field = field_at(self.model, name)
        mine = self.model._default_manager.all().visible_to(request.user, "change")
        if uid is not None and not mine.filter(uid=uid).exists():
            raise Http404
        if name not in self.names() or not isinstance(field, models.ForeignKey):
            return bad_question(request, "没有这一项")
        rows, words, shown = (
            self.choices(request, name),
            request.GET.get("q", "")[:40].strip(),
            title_field(field.related_model),
        )
        if words:
            hit = Q(**{f"{shown}__icontains": words})
            if field_at(field.related_model, f"{shown}_keys") is not None:
                hit |= Q(**{f"{shown}_keys__icontains": words})
            rows = rows.filter(hit)
        found = rows.order_by(shown)[:SHOWN_OPTIONS]
        return JsonResponse({"options": [{"value": str(row.uid), "label": str(row)} for row in found]})


def blame(form: forms.Form, error: Exception) -> None:
    """Put a verb's refusal where it belongs: at its fields, or at the head of the form."""
    if isinstance(error, ValidationError) and hasattr(error, "error_dict"):
        for name, faults in error.error_dict.items():
            for fault in faults:
                form.add_error(name if name in form.fields else None, fault)
    elif isinstance(error, ValidationError):
        form.add_error(None, error)
    elif isinstance(error, IntegrityError):
        form.add_error(None, "与已有的记录冲突：编号或名称可能已被使用。")
    else:
        form.add_error(None, str(error) or "没有权限执行这个操作。")


def _name(field: str | Column) -> str:
    return field.path if isinstance(field, Column) else field


def _wide(field: str | Column) -> bool:
    return isinstance(field, Column) and field.width == "wide"


def _value(row: Any, source: str) -> Any:
    for name in source.split("__"):
        row = getattr(row, name, None)
    return row
