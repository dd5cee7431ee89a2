"""The gate every request passes: whose rows, who asks, and whether the address was declared for him."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from ..base.tenancy import tenant_scope
from .access import Access, Audience, declared_access
from .passwords import is_outdated
from .witness import tell

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
            log.error("undeclared address %s", request.resolver_match)
            self.refuse(request)
        request.access = declared  # type: ignore[attr-defined]
        if declared.audience is not Audience.PUBLIC:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            if diverted := self.admit(request, declared):
                return diverted
        if holds_nul(request):
            raise BadRequest("a parameter holds a NUL character")
        return None

    def admit(self, request: HttpRequest, declared: Access) -> HttpResponse | None:
        """None to let a signed-in person through, otherwise the page that stops or diverts him."""
        user: Any = request.user
        if not declared.before_activation:
            if pending := self.unfinished(request):
                return redirect(pending)
            # Operators belong to no tenant: they see the platform's pages and no others, and nobody else sees those.
            if (declared.audience is Audience.OPERATOR) != (user.tenant_id is None):
                self.refuse(request)
        if declared.permission and not user.holds(declared.permission):
            self.refuse(request)
        if declared.step_up and not is_proved(request):
            return to_step_up(request)
        return None

    def unfinished(self, request: HttpRequest) -> str:
        """Where to send someone whose sign-in is not complete: a first password, then the second factor."""
        user: Any = request.user
        if user.must_set_password or is_outdated(user, timezone.now()):
            return reverse("people.set_password")
        if not request.session.get("second_factor_done") and (
            request.session.get("second_factor_due")
            or user.tenant_id is None
            or any(held.needs_second_factor for held in user.grants.held)
        ):
            return reverse("people.second_factor")
        return ""

    def refuse(self, request: HttpRequest) -> NoReturn:
        """Write the refusal down and answer 403 in the words of the house's error page."""
        user: Any = request.user
        if user.is_authenticated:
            route = str(getattr(request.resolver_match, "route", ""))
            label = f"{request.method} /{route}"
            tell(action="access", by=user, at=timezone.now(), result="refused", label=label, waits=False)
        raise PermissionDenied


def holds_nul(request: HttpRequest) -> bool:
    """Whether the address or a parameter holds the one character that PostgreSQL can't keep in a text."""
    return "\x00" in request.path or any(
        "\x00" in text for sent in (request.GET, request.POST) for name in sent for text in (name, *sent.getlist(name))
    )


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask a stranger to sign in, and bring him back to what he wanted to read."""
    wanted = request.get_full_path() if request.method == "GET" and not request.headers.get("HX-Request") else "/"
    address = settings.LOGIN_URL if wanted == "/" else f"{settings.LOGIN_URL}?{urlencode({'next': wanted})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def is_proved(request: HttpRequest) -> bool:
    """Whether the person proved who he is within the last five minutes; a clock set back proves nothing."""
    return bool(0 <= time.time() - request.session.get("proved_at", 0) <= STEP_UP_SECONDS)


def to_step_up(request: HttpRequest) -> HttpResponse:
    """Ask for a proof, then come back: to this address, or after a POST to the page it was sent from."""
    back = request.get_full_path()
    if request.method != "GET":
        referrer = urlsplit(request.headers.get("Referer", ""))
        back = referrer.path if referrer.netloc == request.get_host() and referrer.path else "/"
    address = f"{reverse('people.step_up')}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
