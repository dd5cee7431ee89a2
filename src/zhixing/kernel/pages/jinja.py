"""The Jinja2 environment of every template: escaping on, compiled code kept on disk, Chinese filters."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from jinja2 import Environment, FileSystemBytecodeCache, StrictUndefined, pass_context
from markupsafe import Markup, escape

from ..base.prepared import Prepared
from . import menu as menus
from .acts import act
from .printing import chinese_day, day, moment, number, since
from .rendering import render_text


def environment(**options: Any) -> Environment:
    """Called by Django with its own options; an unknown name in a template is an error, not a blank."""
    folder = Path(settings.VAR) / "templates"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    options |= {
        "undefined": StrictUndefined,
        "autoescape": True,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "bytecode_cache": FileSystemBytecodeCache(str(folder)),
        "cache_size": 1000,
        "auto_reload": settings.DEBUG,
    }
    made = Environment(**options)  # noqa: S701 - autoescape is set above
    made.globals |= {
        "url": url, "static": static, "menu": menu, "bell": bell, "today": localdate, "now": timezone.now,
        "show_count": number, "make_icon": icon, "part_html": part_html,
    }  # fmt: skip
    filters: dict[str, Any] = {
        "date": day, "zhdate": chinese_day, "datetime": moment, "since": since, "number": number,
        "attr_json": attr_json, "lines": lines, "act": act,
    }  # fmt: skip
    made.filters.update(filters)
    return made


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named page."""
    if args or kwargs:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    return _fixed_url(name, settings.ROOT_URLCONF)


@cache
def _fixed_url(name: str, urlconf: str) -> str:
    return reverse(name, urlconf=urlconf)


@cache
def icon(name: str, extra: str = "") -> Markup:
    """One sign of the icon font; decoration only, so that readers aloud pass over it."""
    return Markup('<i class="ti ti-{}{}" aria-hidden="true"></i>').format(name, f" {extra}" if extra else "")


@cache
def static(name: str) -> str:
    """The address of an asset."""
    return str(staticfiles_storage.url(name))


@pass_context
def menu(context: Any) -> Markup:
    """The left menu; nothing for strangers. Rendered once for each set of permissions and place."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.tenant_id is None:
        return Markup()
    found = menus.sections(user)
    return _menu(found, menus.current(found, request.path))


@lru_cache(maxsize=2048)
def _menu(sections: Any, current: str) -> Markup:
    text = render_text(None, "pages/_menu.html", {"sections": sections, "current": current})
    return Markup(text)  # noqa: S704 - our own rendered template


@pass_context
def part_html(context: Any, part: Any, held: dict[str, Any]) -> Markup:
    """A panel's own template, rendered with its own context only."""
    return Markup(render_text(context["request"], part.template, held))  # noqa: S704 - our own rendered template


@pass_context
def bell(context: Any) -> int:
    """How many notices wait: open to-dos and unread messages."""
    return len(_WAITING.rows(user=context["request"].user.pk))


def _waiting(user: Any) -> Any:
    from ..notices.models import Notice  # app ready

    waiting = Notice.objects.filter(Q(is_todo=True) | Q(read_at=None), user_id=user, done_at=None)
    # Reading a few keys is cheaper to ask for than an aggregate, and the badge stops counting at a hundred.
    return waiting.order_by().values_list("pk")[:100]


_WAITING = Prepared(_waiting, {"user": models.BigIntegerField()})


def attr_json(value: Any) -> str:
    """Data for a ``data-*`` attribute; the template escapes it like any text."""
    return json.dumps(value, ensure_ascii=False, default=str)


def lines(text: str) -> Markup:
    """Text with its line breaks kept."""
    return Markup("<br>").join(escape(line) for line in str(text).splitlines())
