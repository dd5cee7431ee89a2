"""Django forms in the house's dress: one look for every control, related rows chosen by name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.html import format_html
from markupsafe import Markup

from ..people.sealing import SealedField

LOOKS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxInput, ""),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


class DayInput(forms.DateInput):
    """The browser's own calendar, which is in the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Combo(forms.Widget):
    """A box that offers rows by name from ``source``; what is sent is the row's uid."""

    def __init__(self, source: str, label: str = "") -> None:
        super().__init__()
        self.source, self.shown = source, label

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The combobox and the hidden input that keeps its value."""
        given = {key: word for key, word in (attrs or {}).items() if key in {"id", "aria-describedby", "aria-invalid"}}
        extra = Markup(" ").join(Markup('{}="{}"').format(key, word) for key, word in given.items())
        return format_html(
            '<div class="combo" data-combo data-source="{}"><input type="hidden" name="{}" value="{}">'
            '<input class="form-control" type="text" role="combobox" aria-expanded="false" aria-autocomplete="list"'
            ' autocomplete="off" placeholder="输入名称选择" value="{}" {}></div>',
            self.source, name, value or "", self.shown if value else "", extra,
        )  # fmt: skip


class RowField(forms.Field):
    """One related row, named by its uid and looked up among ``rows`` only."""

    widget: Any = Combo

    def __init__(self, rows: Callable[[], Any], source: str, **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(widget=Combo(source), **kwargs)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            found = self.rows().filter(uid=uuid.UUID(str(value))).first()
        except ValueError:
            found = None
        if found is None:
            raise ValidationError("所选的记录不存在，或不在您可以选择的范围内。")
        return found

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "uid", value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        row = None
        with suppress(ValidationError):
            row = self.to_python(data)
        self.widget.shown = str(row) if row is not None else ""
        return data


class SealedInput(forms.CharField):
    """A sealed value: never shown, blank leaves it as it is."""

    def __init__(self, mask: str = "", **kwargs: Any) -> None:
        super().__init__(strip=True, max_length=300, **kwargs)
        self.widget.attrs |= {"autocomplete": "off", "placeholder": mask or "未填写"}
        if mask:
            self.help_text = self.help_text or "已加密保存。留空表示不修改。"


def dress(form: forms.BaseForm) -> forms.BaseForm:
    """Give every control its look, and dates the browser's calendar."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(field, forms.DateField) and type(widget) is forms.DateInput:
            field.widget = widget = DayInput(widget.attrs)
        if isinstance(field, forms.DateTimeField) and type(widget) is forms.DateTimeInput:
            field.widget = widget = MomentInput(widget.attrs)
        if isinstance(widget, Combo) or widget.is_hidden:
            continue
        look = next(look for kind, look in LOOKS if isinstance(widget, kind))
        if look and look not in widget.attrs.get("class", ""):
            widget.attrs["class"] = f"{widget.attrs.get('class', '')} {look}".strip()
        if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") in {None, "10"}:
            widget.attrs["rows"] = "3"
    return form


def field_for(field: models.Field[Any, Any], row: Any, rows: Callable[[], Any], source: str) -> forms.Field:
    """The form field of a model field; ``rows`` and ``source`` serve relations, ``row`` the mask of a sealed value."""
    label, helped = str(field.verbose_name), str(field.help_text)
    if isinstance(field, SealedField):
        mask = str(getattr(row, field.name)) if row is not None and getattr(row, field.name) else ""
        return SealedInput(mask, label=label, help_text=helped, required=not (field.blank or mask))
    if isinstance(field, models.ForeignKey):
        made = RowField(rows, source, label=label, help_text=helped, required=not field.blank)
        chosen = getattr(row, field.name) if row is not None else None
        made.widget.shown = str(chosen) if chosen is not None else ""
        return made
    if isinstance(field, models.BooleanField):
        return forms.BooleanField(label=label, help_text=helped, required=False)
    found = field.formfield()
    if found is None:
        raise ValueError(f"{field.model._meta.label}.{field.name} can't be edited in a form")
    found.label = label
    return found
