"""Every address of the house, from the registry of pages."""

from __future__ import annotations

from django.urls import URLPattern

from .declare import pages


def page_addresses() -> list[URLPattern]:
    """The addresses of every declared page; fixed paths before those that hold a variable, so that none is hidden."""
    found = [pattern for page in pages for pattern in page.addresses()]
    return sorted(found, key=lambda pattern: "<" in str(pattern.pattern))
