"""Tell the trail under which circumstances a request acts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .context import Acting, acting_as


class ActingMiddleware:
    """Roles, a digest of the session and the request's id go with every event of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        session = hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:16]
        circumstances = Acting(",".join(user.grants.roles()), session, getattr(request, "request_id", ""))
        with acting_as(circumstances):
            return self.get_response(request)
