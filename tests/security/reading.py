"""Pages read as a browser reads them: what would run, and what a form would send back."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class Reader(HTMLParser):
    """What a browser would make of a page: its elements, attributes and inline code."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.inline: list[str] = []
        self.within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        self.within = tag if tag in {"script", "style"} else ""
        for name, value in found.items():
            if name.startswith("on") or name in {"style", "srcdoc"} or value.strip().lower().startswith("javascript:"):
                self.inline.append(f"<{tag} {name}={value[:60]!r}>")

    def handle_endtag(self, tag: str) -> None:
        self.within = ""

    def handle_data(self, data: str) -> None:
        kind = self.tags[-1][1].get("type", "") if self.tags else ""
        if self.within and data.strip() and kind != "application/json":
            self.inline.append(f"<{self.within}>{data.strip()[:60]}")


def fields_of(answer: Any) -> list[tuple[str, str]]:
    """What a browser would send back from a page's form as it stands."""
    found: list[tuple[str, str]] = []
    select, text = "", answer.content.decode()

    class Form(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            nonlocal select
            given = {name: value or "" for name, value in attrs}
            if tag == "input" and given.get("name") and given.get("type") not in {"checkbox", "radio", "file"}:
                found.append((given["name"], given.get("value", "")))
            elif tag == "input" and given.get("name") and "checked" in given:
                found.append((given["name"], given.get("value", "on")))
            elif tag == "select":
                select = given.get("name", "")
            elif tag == "option" and select and "selected" in given:
                found.append((select, given.get("value", "")))

    Form().feed(text)
    return [(name, value) for name, value in found if name not in {"q", "csrfmiddlewaretoken"}]
