"""Pages declared once: lists, details, edit forms, tabs and panels, with their menu, address, permission and looks.

Names are looked up when first used, because Django imports this package before any model may be.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .declare import PAGE_KINDS, pages, panels, tabs
    from .detail import DetailPage
    from .editing import EditPage
    from .listing import ListPage
    from .page import Page, Request
    from .parts import Panel, Tab
    from .rendering import render, render_text
    from .values import Column, Deed, Facts, Filter, Menu, ViewPreset

_HOMES = {
    "Column": "values", "Deed": "values", "Facts": "values", "Filter": "values", "Menu": "values",
    "ViewPreset": "values", "DetailPage": "detail", "EditPage": "editing", "ListPage": "listing", "Page": "page",
    "Request": "page", "Panel": "parts", "Tab": "parts", "render": "rendering", "render_text": "rendering",
    "PAGE_KINDS": "declare", "pages": "declare", "panels": "declare", "tabs": "declare",
}  # fmt: skip

__all__ = [
    "PAGE_KINDS", "Column", "Deed", "DetailPage", "EditPage", "Facts", "Filter", "ListPage", "Menu", "Page", "Panel",
    "Request", "Tab", "ViewPreset", "pages", "panels", "render", "render_text", "tabs",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
