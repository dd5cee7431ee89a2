"""The registries that collect fills, and what kind of thing stands on which."""

from __future__ import annotations

from typing import Any

from ..base.registry import Registry
from .page import Page
from .parts import Panel, Tab

pages: Registry[type[Page]] = Registry("page")
tabs: Registry[type[Tab]] = Registry("tab")
panels: Registry[type[Panel]] = Registry("panel")

PAGE_KINDS: list[tuple[type, Registry[Any]]] = [(Page, pages), (Tab, tabs), (Panel, panels)]
"""For collect: every class written in a pages room that is a subclass of the first goes to the second."""
