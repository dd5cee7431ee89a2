"""Two addresses for whoever watches over the site; neither says anything about versions or people."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpResponse, JsonResponse

from ..jobs.worker import alive_since
from ..people.access import Audience
from ..people.keys import KeyMissing, master_key
from ..people.walls import expected_guards, guard_names
from . import Page, Request

NEAR = {"127.0.0.1", "::1"}
LEAST_FREE = 1024**3
LEAST_SHARE = 0.05
HEARTBEAT_SECONDS = 90


class Alive(Page):
    """The process answers."""

    path = "livez/"
    name = "health.livez"
    audience = Audience.PUBLIC

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        return HttpResponse("ok", content_type="text/plain")


class Ready(Page):
    """Whether work can be done; told to this machine only. 503 names what is missing."""

    path = "readyz/"
    name = "health.readyz"
    audience = Audience.PUBLIC

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        if request.META.get("REMOTE_ADDR") not in NEAR:
            raise Http404
        missing = [name for name, holds in readiness().items() if not holds]
        return JsonResponse({"missing": missing}, status=503 if missing else 200)


def readiness() -> dict[str, bool]:
    """Each thing the site needs, and whether it is there."""
    return {
        "database": _database_answers(),
        "walls": _walls_stand(),
        "keys": _keys_open(),
        "disk": _disk_has_room(),
        "worker": _worker_beats(),
    }


def _database_answers() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _walls_stand() -> bool:
    try:
        return expected_guards() <= guard_names(connection)
    except DatabaseError:
        return False


def _keys_open() -> bool:
    try:
        return bool(master_key())
    except (KeyMissing, OSError, ValueError):
        return False


def _disk_has_room() -> bool:
    room = shutil.disk_usage(Path(settings.FILES_DIR).parent)
    return room.free >= LEAST_FREE and room.free / room.total >= LEAST_SHARE


def _worker_beats() -> bool:
    try:
        return bool(alive_since(HEARTBEAT_SECONDS).exists())
    except DatabaseError:
        return False
