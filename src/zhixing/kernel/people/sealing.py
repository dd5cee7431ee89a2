"""Personal values that print masked by themselves, are kept encrypted, and can be found by equality."""

from __future__ import annotations

import base64
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from ..base.masking import mask
from ..base.text import normalise
from .ciphers import provider
from .keys import current_key, key_by_id, purpose_key

SEPARATOR = "\x1f"
FORMAT = "v1"


class Sealed:
    """A personal value. Every ordinary way to print it gives the mask; only ``trail.reveal`` gives the text.

    ``mask`` is safe to show. A value just typed in holds its text in memory until it is saved; one read from the
    database holds only ciphertext.
    """

    __slots__ = ("_plain", "_token", "mask")

    def __init__(self, shown: str, token: str = "", plain: str | None = None) -> None:
        self.mask, self._token, self._plain = shown, token, plain

    @classmethod
    def fresh(cls, kind: str, text: str) -> Sealed:
        return cls(mask(kind, text), plain=text)

    @classmethod
    def stored(cls, text: str) -> Sealed:
        shown, _, token = text.partition(SEPARATOR)
        return cls(shown, token)

    def __str__(self) -> str:
        return self.mask

    def __repr__(self) -> str:
        return f"<Sealed {self.mask}>"

    def __bool__(self) -> bool:
        return bool(self._token or self._plain)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and (self._token, self._plain) == (other._token, other._plain)

    def __hash__(self) -> int:
        return hash((self._token, self._plain))

    def __reduce__(self) -> Any:
        raise TypeError("a sealed value can't be pickled")


def clean_value(kind: str, text: str) -> str:
    """One spelling of a value, so that equal values get equal indexes."""
    text = normalise(text)
    if kind == "id_number":
        return text.replace(" ", "").upper()
    if kind in {"phone", "bank_card"}:
        return re.sub(r"[\s-]", "", text)
    return text


def blind_index(tenant_id: int, kind: str, text: str) -> str | None:
    """What a sealed value of this tenant is looked up by (HMAC-SM3, 32 hex digits); None for a blank."""
    value = clean_value(kind, text)
    if not value:
        return None
    _, key = current_key(tenant_id, "index")
    return provider.digest(key, f"{kind}|{value}".encode()).hex()[:32]


def _context(row: Any, field: str) -> bytes:
    return f"{row._meta.label_lower}.{field}|{row.tenant_id}|{row.uid}".encode()


def seal(row: Any, field: str, kind: str, text: str) -> Sealed:
    """Encrypt ``text`` so that it opens only in this field of this row of this tenant."""
    key_id, key = current_key(row.tenant_id, "data")
    algorithm, body = provider.encrypt(key, text.encode(), _context(row, field))
    token = f"{FORMAT}.{algorithm}.{key_id}.{base64.urlsafe_b64encode(body).decode()}"
    return Sealed(mask(kind, text), token, text)


def open_sealed(row: Any, field: str) -> str:
    """The plain text of a sealed field, unlogged: for the engine, the exporter and trail.reveal only.

    Raises Undecryptable when the value was altered or moved. tests/test_shape.py lists the callers.
    """
    value = getattr(row, field)
    if not value:
        return ""
    if value._plain is None:
        _, algorithm, key_id, body = value._token.split(".", 3)
        key = key_by_id(int(key_id))
        value._plain = provider.decrypt(algorithm, key, base64.urlsafe_b64decode(body), _context(row, field)).decode()
    return str(value._plain)


class _SealedAttribute:
    """Turns text assigned to a sealed field into a Sealed at once, so that it never prints plain."""

    def __init__(self, field: SealedField) -> None:
        self.field = field

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            row.refresh_from_db(fields=[self.field.attname])
        return row.__dict__[self.field.attname]

    def __set__(self, row: Any, value: Any) -> None:
        if isinstance(value, str):
            value = Sealed.fresh(self.field.kind, clean_value(self.field.kind, value)) if value else Sealed("")
        row.__dict__[self.field.attname] = Sealed("") if value is None else value


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A column for one personal value: its mask in clear, a separator, its ciphertext.

    ``kind`` names the mask (kernel.base.masking) and the spelling rules. Lookups other than isnull and exact-blank
    are refused; declare a BlindIndexField to find rows by equality.
    """

    def __init__(self, *args: Any, kind: str = "note", **kwargs: Any) -> None:
        self.kind = kind
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "kind": self.kind}

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, name, _SealedAttribute(self))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed:
        return Sealed.stored(value or "")

    def to_python(self, value: Any) -> Any:
        return value

    def get_prep_value(self, value: Any) -> str:
        if not value:
            return ""
        if isinstance(value, Sealed) and value._token:
            return f"{value.mask}{SEPARATOR}{value._token}"
        raise ValidationError("加密字段不能按内容查找或直接写入")

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name in {"exact", "isnull"} else None

    def pre_save(self, row: Any, add: bool) -> Any:
        value = getattr(row, self.attname)
        if value._plain is not None and not value._token:
            value = seal(row, self.attname, self.kind, value._plain)
            setattr(row, self.attname, value)
        return value

    def value_to_string(self, obj: Any) -> str:
        return self.get_prep_value(self.value_from_object(obj))


class BlindIndexField(models.CharField):  # type: ignore[type-arg]
    """The keyed digest of a sealed field of the same row; null where that field is blank."""

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        self.source = source
        kwargs |= {"max_length": 32, "null": True, "editable": False}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "null", "editable"):
            kwargs.pop(given, None)
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, row: Any, add: bool) -> Any:
        value = getattr(row, self.source)
        if not value:
            setattr(row, self.attname, None)
        elif value._plain is not None:
            setattr(row, self.attname, self.digest(row, row._meta.get_field(self.source).kind, value._plain))
        return getattr(row, self.attname)

    def digest(self, row: Any, kind: str, text: str) -> str | None:
        return blind_index(row.tenant_id, kind, text)


def login_index(text: str) -> str | None:
    """What a person is found by before anybody knows his tenant: one key for the platform, this purpose only."""
    value = clean_value("phone", text)
    return provider.digest(purpose_key("phone-login"), value.encode()).hex()[:32] if value else None


class LoginIndexField(BlindIndexField):
    """The platform-wide digest of a phone number that its owner signs in with."""

    def digest(self, row: Any, kind: str, text: str) -> str | None:
        return login_index(text)
