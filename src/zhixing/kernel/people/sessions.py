"""Sessions in the database, each with its owner and device, so that people can see and end them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore


class SessionStore(DatabaseStore):
    """Django's database store over our Session table."""

    @classmethod
    def get_model_class(cls) -> Any:
        from .models import Session  # app ready

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.device, row.address = data.get("device", ""), data.get("address", "")
        known = self.model.objects.filter(pk=row.pk).values_list("created_at", "seen_at").first()
        if known:
            row.created_at, row.seen_at = known
        return row
