"""What may never happen on any page: script errors, CSP violations, dialogs, requests to other hosts, server errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Response, Route

# Chromium tells of every answer that is not 2xx on the console; those are judged by their status below.
ANSWER_TOLD = "Failed to load resource: the server responded with a status of 4"
SERVER_ERROR = 500


@dataclass
class Watch:
    """Everything that went wrong in the browser windows of one test."""

    address: str
    faults: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page that the context has or will have."""
        context.route(lambda address: not self.is_own(address), self._foreign)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("dialog", self._dialog)
        context.on("response", self._answer)

    def is_own(self, address: str) -> bool:
        return address.startswith((self.address + "/", "data:", "blob:", "about:"))

    def _foreign(self, route: Route, request: Request) -> None:
        self.faults.append(f"asked another host: {request.url}")
        route.abort()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ANSWER_TOLD):
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs.append(f"{dialog.type}: {dialog.message}")
        # Leaving a half-filled form may ask; anything else was put there by data.
        if dialog.type != "beforeunload":
            self.faults.append(f"dialog: {dialog.type} {dialog.message}")
        dialog.accept()

    def _answer(self, response: Response) -> None:
        path = urlsplit(response.url).path
        missing_file = path.startswith("/static/") and not (response.ok or response.status in (301, 302, 304))
        if response.status >= SERVER_ERROR or missing_file:
            self.faults.append(f"answer {response.status}: {response.request.method} {path}")


Opener = Callable[..., Page]
