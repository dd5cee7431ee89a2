"""Exports: what is seen, masked; plain only with another person's word."""

from __future__ import annotations

import io
import time

import pytest
from openpyxl import load_workbook

from zhixing.kernel.notices.models import Notice
from zhixing.kernel.pages.models import ExportRequest
from zhixing.kernel.people.models import Unit
from zhixing.kernel.trail.models import AuditEvent

pytestmark = pytest.mark.usefixtures("trial_pages")
LIST = "/people/trial/export/"
PEOPLE = "/people/crowd/export/"


def body(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def exporter(person, client_of, units):
    return client_of(person("people.*", name="吴导出"))


def test_exactly_what_is_seen(exporter):
    assert "3</strong> 行" in exporter.get(f"{LIST}?kind=class&cols=name,parent").content.decode()
    exporter.post(LIST, {"query": "kind=class&cols=name,parent&sort=-name", "reason": ""})
    wanted = ExportRequest.objects.get()
    assert (wanted.row_count, wanted.columns, wanted.is_plain) == (3, ["name", "parent"], False)
    book = load_workbook(io.BytesIO(body(exporter.get(f"/exports/{wanted.uid}/file/?format=xlsx"))))
    assert [[cell.value for cell in row] for row in book.active.iter_rows()] == [
        ["名称", "上级"], ["机电3班", "教务科"], ["机电2班", "教务科"], ["机电1班", "教务科"],
    ]  # fmt: skip
    assert set(AuditEvent.objects.filter(object_uid=wanted.uid).values_list("action", flat=True)) == {
        "export",
        "download",
    }


def test_no_cell_can_start_a_formula(exporter, units):
    units[2].name = "=HYPERLINK(1)"
    units[2].save()
    exporter.post(LIST, {"query": "kind=class&cols=name"})
    address = f"/exports/{ExportRequest.objects.get().uid}/file/"
    text = body(exporter.get(f"{address}?format=csv")).decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in text
    book = load_workbook(io.BytesIO(body(exporter.get(f"{address}?format=xlsx"))))
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} == {"s"}


def test_many_rows_need_a_reason(exporter, units):
    Unit.objects.bulk_create(Unit(name=f"班{n}", kind="class", parent=units[1]) for n in range(200))
    refused = exporter.post(LIST, {"query": ""})
    assert refused.status_code == 422
    assert "请写明用途" in refused.content.decode()
    assert not ExportRequest.objects.exists()
    exporter.post(LIST, {"query": "", "reason": "校务会核对"})
    assert ExportRequest.objects.get().reason == "校务会核对"


def test_the_link_belongs_to_one_person_and_ends(exporter, person, client_of):
    exporter.post(LIST, {"query": "kind=class"})
    wanted = ExportRequest.objects.get()
    assert client_of(person("*")).get(f"/exports/{wanted.uid}/file/").status_code == 404
    wanted.expires_at = wanted.created_at
    wanted.save()
    assert exporter.get(f"/exports/{wanted.uid}/file/").status_code == 403


def test_needs_the_right_to_export(person, client_of, units):
    reader = client_of(person("people.unit.view"))
    assert reader.get(LIST).status_code == 403
    assert "导出当前结果" not in reader.get("/people/trial/").content.decode()


def test_plain_values_wait_for_another_person(person, client_of, make_user):
    make_user(name="赵六", phone="13911112222", account="zzz1")
    asker = person("people.user.*", "pages.exportrequest.*", account="asker")
    other = person("pages.exportrequest.*", account="other")
    mine, theirs = client_of(asker), client_of(other)
    mine.post(PEOPLE, {"query": "q=zzz1", "reason": "中考报名", "is_plain": "on"})
    wanted = ExportRequest.objects.get()
    assert mine.get(f"/exports/{wanted.uid}/file/").status_code == 403
    assert mine.post(f"/exports/{wanted.uid}/decide/", {"approve": "1"}).status_code == 403
    assert Notice.objects.filter(user=other).exists()
    assert "赵六" not in theirs.get("/exports/").content.decode()
    assert theirs.post(f"/exports/{wanted.uid}/decide/", {"approve": "1"}).status_code == 302
    assert "13911112222" in body(mine.get(f"/exports/{wanted.uid}/file/?format=csv")).decode("utf-8-sig")
    assert theirs.post(f"/exports/{wanted.uid}/decide/", {"approve": "0"}).status_code == 403


def test_masked_without_that(person, client_of, make_user):
    make_user(name="赵六", phone="13911112222", account="zzz1")
    someone = client_of(person("people.user.view", "people.user.export"))
    assert "明文" not in someone.get(f"{PEOPLE}?q=zzz1").content.decode().replace("加密的列按掩码", "")
    someone.post(PEOPLE, {"query": "q=zzz1", "reason": "x", "is_plain": "on"})
    wanted = ExportRequest.objects.get()
    assert not wanted.is_plain
    text = body(someone.get(f"/exports/{wanted.uid}/file/?format=csv")).decode("utf-8-sig")
    assert "139****2222" in text
    assert "13911112222" not in text


def test_plain_asks_for_a_fresh_proof(person, client_of):
    someone = client_of(person("people.user.*"))
    session = someone.session
    session["proved_at"] = time.time() - 3600
    session.save()
    answer = someone.post(PEOPLE, {"query": "", "reason": "中考报名", "is_plain": "on"})
    assert answer.status_code == 302
    assert not ExportRequest.objects.exists()
