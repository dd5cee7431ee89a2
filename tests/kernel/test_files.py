"""Files are taken by content, stripped of metadata, and handed only to who may see what they are about."""

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import Image

from zhixing.kernel.files.store import clean_name, may_read, path_of, store
from zhixing.kernel.people.models import Unit

pytestmark = pytest.mark.django_db


def picture(kind="JPEG", **save):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, kind, **save)
    return out


def keep(data, name, on=None, by=None):
    return store(io.BytesIO(data), name=name, purpose="佐证", on=on, by=by)


def test_a_picture_loses_its_metadata(school):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    file = keep(picture(exif=exif).getvalue(), "现场.jpg")
    assert file.media_type == "image/jpeg"
    assert b"secret place" not in path_of(file).read_bytes()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<svg onload=alert(1)>", "a.svg"),
        (b"<html><script>1</script>", "a.png"),
        (b"MZ\x90\x00", "a.pdf"),
        (b"#!/usr/bin/python", "a.py"),
        (b"\xff\xd8\xff broken", "a.jpg"),
        (b"PK\x03\x04 broken", "a.docx"),
        (b"", "empty.pdf"),
    ],
)
def test_anything_else_is_refused_with_a_reason(school, data, name):
    before = sum(1 for _ in Path(settings.FILES_DIR).rglob("*"))
    with pytest.raises(ValidationError) as refusal:
        keep(data, name)
    assert name in refusal.value.messages[0]
    assert sum(1 for _ in Path(settings.FILES_DIR).rglob("*")) == before


def test_macros_are_refused(school):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/vbaProject.bin", "x")
    with pytest.raises(ValidationError, match="宏"):
        keep(out.getvalue(), "a.xlsx")


def test_the_stored_name_tells_nothing_and_can_not_run(school):
    file = keep(b"%PDF-1.7 x", "../../张三 身份证.pdf")
    assert file.name == "张三 身份证.pdf"
    assert "张" not in file.stored_name
    assert len(file.stored_name) == 32
    assert path_of(file).stat().st_mode & 0o177 == 0


def test_names_lose_tricks():
    assert clean_name("a\u202egpj.exe\x00\r\n") == "agpj.exe"


def test_access_follows_the_record(school, make_user):
    unit = Unit.objects.create(name="教务处", kind="department")
    owner, stranger = make_user("teacher"), make_user("student")
    file = keep(b"%PDF-1.7 x", "a.pdf", on=unit, by=owner)
    assert may_read(owner, file)
    assert not may_read(stranger, file)
