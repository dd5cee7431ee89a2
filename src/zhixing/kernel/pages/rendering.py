"""From a template and a context to a response."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines


@cache
def _template(name: str) -> Any:
    return engines["jinja2"].get_template(name)


def render_text(request: HttpRequest | None, template: str, context: Mapping[str, Any] | None = None) -> str:
    """The HTML of a Jinja2 template; ``request``, ``csrf_input`` and ``csrf_token`` are added to the context."""
    return str(_template(template).render(dict(context or {}), request))


def render(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page as a response."""
    return HttpResponse(render_text(request, template, context), status=status)
