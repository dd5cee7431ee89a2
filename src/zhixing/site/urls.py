"""Every address; pages bring their own."""

from __future__ import annotations

from typing import Any

from zhixing.kernel.pages import errors
from zhixing.kernel.pages.addresses import page_addresses

urlpatterns: list[Any] = page_addresses()

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.broken
