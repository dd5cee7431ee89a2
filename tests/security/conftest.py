"""The canary scan runs over the security tests whether or not the whole suite asks for it."""

from __future__ import annotations

from tests.canary import canary_scan, pytest_configure

__all__ = ["canary_scan", "pytest_configure"]
