"""Personal values: masked however they are printed, bound to their row, under the published ciphers."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from zhixing.kernel.people.ciphers import Undecryptable, provider
from zhixing.kernel.people.models import User
from zhixing.kernel.people.sealing import Sealed, open_sealed

PHONE = "13912345678"
SHOWN = "139****5678"


@pytest.fixture
def person(make_user: Any) -> User:
    user: User = make_user("teacher", phone=PHONE)
    return user


def test_sm3_gives_the_digests_of_the_standard() -> None:
    """GB/T 32905-2016, appendix A, examples 1 and 2."""
    for text, wanted in (
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ):
        worker = Hash(SM3())
        worker.update(text)
        assert worker.finalize().hex() == wanted


def test_sm4_gives_the_ciphertext_of_the_standard() -> None:
    """GB/T 32907-2016, appendix A, example 1."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    worker = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()  # noqa: S305 - the vector is one block
    assert (worker.update(key) + worker.finalize()).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_gives_the_ciphertext_of_the_rfc() -> None:
    """RFC 8998, appendix A.1."""
    if provider.encrypt(bytes(16), b"", b"")[0] != "sm4gcm":
        pytest.skip("this OpenSSL has no SM4")
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plain = b"".join(bytes([letter]) * 8 for letter in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735d82710ca5c22f0ccfa7cbf93d496ac15"
        "a56834cbcf98c397b4024a2691233b8d"
    )
    tag = bytes.fromhex("83de3541e4c2b58177e065a9bf7b62ec")
    assert provider.decrypt("sm4gcm", key, nonce + sealed + tag, aad) == plain


@pytest.mark.parametrize("fresh", [True, False])
def test_every_ordinary_way_to_print_gives_the_mask(
    person: User, fresh: bool, caplog: pytest.LogCaptureFixture
) -> None:
    value: Any = person.phone if fresh else User.objects.get(pk=person.pk).phone
    logging.getLogger("test").warning("phone %s %r", value, value)
    printed = [
        str(value), f"{value}", f"{value!r}", repr(value), repr([value]), repr({"a": value}), caplog.text,
        json.dumps({"a": value}, default=str), repr(vars(person)),
    ]  # fmt: skip
    assert all(SHOWN in text and PHONE not in text for text in printed)
    with pytest.raises(TypeError):
        json.dumps(value, cls=DjangoJSONEncoder)
    for copier in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            copier(value)


def test_the_database_holds_mask_and_ciphertext_only(person: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone, phone_login FROM people_user WHERE id = %s", [person.pk])
        row = " ".join(str(value) for value in cursor.fetchone())
    assert PHONE not in row
    assert SHOWN in row
    assert open_sealed(User.objects.get(pk=person.pk), "phone") == PHONE


def test_a_ciphertext_opens_in_its_own_row_only(person: User, make_user: Any) -> None:
    other = make_user("teacher", phone="13800000000")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_user SET phone = (SELECT phone FROM people_user WHERE id = %s) WHERE id = %s",
            [person.pk, other.pk],
        )
    with pytest.raises(Undecryptable):
        open_sealed(User.objects.get(pk=other.pk), "phone")


def test_an_altered_ciphertext_does_not_open(person: User) -> None:
    stored: Any = User.objects.get(pk=person.pk).phone
    for place in (len(stored._token) - 6, len(stored._token) // 2):
        letter = "A" if stored._token[place] != "A" else "B"
        broken = User.objects.get(pk=person.pk)
        broken.__dict__["phone"] = Sealed(stored.mask, stored._token[:place] + letter + stored._token[place + 1 :])
        with pytest.raises(Undecryptable):
            open_sealed(broken, "phone")


def test_the_same_number_gives_another_ciphertext_each_time(make_user: Any, other_school: Any) -> None:
    first = make_user("teacher", phone=PHONE)
    second = make_user("teacher", phone=PHONE, tenant=other_school)
    one, two = (User.accounts.get(pk=user.pk) for user in (first, second))
    assert one.phone._token != two.phone._token
    assert one.phone_login == two.phone_login, "one index for the door, before anybody's school is known"
