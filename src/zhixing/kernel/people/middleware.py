"""The gate every request passes: whose rows, who asks, and whether the address was declared for him."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from ..base.tenancy import tenant_scope
from .access import Access, Audience, declared_access

log = logging.getLogger("zhixing.access")
STEP_UP_SECONDS = 300

Handler = Callable[[HttpRequest], HttpResponse]


class TenantMiddleware:
    """Open the scope of the signed-in person's tenant for the whole request; strangers get none."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        tenant_id = getattr(request.user, "tenant_id", None)
        if tenant_id is None:
            return self.get_response(request)
        with tenant_scope(tenant_id):
            return self.get_response(request)


class AccessMiddleware:
    """Deny by default: no declaration, no answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        declared = declared_access(view)
        if declared is None:
            log.error("undeclared address %s", request.path)
            return self.refuse(request)
        request.access = declared  # type: ignore[attr-defined]
        if declared.audience is Audience.PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
        return self.admit(request, declared)

    def admit(self, request: HttpRequest, declared: Access) -> HttpResponse | None:
        """None to let a signed-in person through, otherwise the page that stops or diverts him."""
        user: Any = request.user
        if not declared.before_activation and (pending := self.unfinished(request)):
            return redirect(pending)
        if declared.permission and not user.holds(declared.permission):
            return self.refuse(request)
        if declared.step_up and time.time() - request.session.get("proved_at", 0) > STEP_UP_SECONDS:
            return redirect(f"{reverse('people.step_up')}?{urlencode({'next': request.get_full_path()})}")
        return None

    def unfinished(self, request: HttpRequest) -> str:
        """Where to send someone whose sign-in is not complete: a first password, then the second factor."""
        user: Any = request.user
        if user.must_set_password:
            return reverse("people.set_password")
        if not request.session.get("second_factor_done") and any(h.needs_second_factor for h in user.grants.held):
            return reverse("people.second_factor")
        return ""

    def refuse(self, request: HttpRequest) -> HttpResponse:
        from django.template.loader import render_to_string  # app ready

        return HttpResponse(render_to_string("people/refused.html", {"request": request}, request), status=403)
