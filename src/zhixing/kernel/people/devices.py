"""Where a request comes from: its address, a name for the device, and who has signed in on it before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

SALT = "zhixing.known-device"
REMEMBERED_SECONDS = 180 * 24 * 3600
PEOPLE_PER_DEVICE = 8

SYSTEMS = (
    ("HarmonyOS", "鸿蒙"), ("OpenHarmony", "鸿蒙"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "安卓"),
    ("Windows", "Windows"), ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("wxwork", "企业微信"), ("Edg", "Edge"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip


def client_address(request: HttpRequest) -> str:
    """The address of the other end; the last forwarded one only where settings say a proxy of ours stands before us."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return _valid(forwarded)
    return _valid(request.META.get("REMOTE_ADDR", ""))


def _valid(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return ""


def network_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 that one IPv6 household owns."""
    if ":" in address:
        return str(ip_network(f"{address}/64", strict=False))
    return address


def device_label(agent: str) -> str:
    """A name a person recognises, such as "Windows · Edge"; never the raw header."""
    system = next((name for mark, name in SYSTEMS if mark in agent), "其他设备")
    browser = next((name for mark, name in BROWSERS if mark in agent), "其他浏览器")
    return f"{system} · {browser}"


@dataclass
class Device:
    """One browser: a random name, and digests of the people who have proved themselves on it."""

    name: str = ""
    people: list[str] = field(default_factory=list)

    def knows(self, user: Any) -> bool:
        return user.uid.hex[:16] in self.people


def cookie_name() -> str:
    return "__Host-device" if settings.HTTPS else "device"


def device_of(request: HttpRequest) -> Device:
    """The browser of this request; an unknown one for a missing, old or forged cookie."""
    try:
        held = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=REMEMBERED_SECONDS)
        return Device(str(held["n"]), [str(person) for person in held["p"]])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return Device()


def remember_device(request: HttpRequest, response: HttpResponse, user: Any) -> None:
    """Note on the browser that this person proved himself here, so that a stranger's failures can't lock him out."""
    device = device_of(request)
    mark = user.uid.hex[:16]
    people = [mark, *(person for person in device.people if person != mark)][:PEOPLE_PER_DEVICE]
    value = signing.dumps({"n": device.name or secrets.token_hex(8), "p": people}, salt=SALT)
    response.set_cookie(
        cookie_name(), value, max_age=REMEMBERED_SECONDS, httponly=True, secure=settings.HTTPS, samesite="Lax"
    )
