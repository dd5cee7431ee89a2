"""Names of WordprocessingML elements (ECMA-376 Part 1, chapter 17) without their namespaces."""

from __future__ import annotations

from xml.etree.ElementTree import Element

LONGEST_NUMBER = 9


def local(tag: object) -> str:
    """The element's or attribute's name without its namespace: both kinds of namespace in use name the same things."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: Element | None, name: str) -> Element | None:
    """The first child of that name."""
    if element is None:
        return None
    return next((each for each in element if local(each.tag) == name), None)


def value(element: Element | None, name: str = "val") -> str:
    """An attribute by its bare name; "" where element or attribute is missing."""
    if element is None:
        return ""
    return next((text for key, text in element.attrib.items() if local(key) == name), "")


def whole(text: str, default: int = 0) -> int:
    """A whole number of a lawful size, else ``default``."""
    bare = text.strip()
    if len(bare) > LONGEST_NUMBER or not bare.removeprefix("-").isascii() or not bare.removeprefix("-").isdigit():
        return default
    return int(bare)


def is_on(element: Element | None) -> bool:
    """Whether an on/off property is there and not switched off."""
    return element is not None and value(element).lower() not in ("0", "false", "off", "none")
