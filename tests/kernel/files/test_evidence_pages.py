"""Evidence from a page: added, picked, decided, frozen from a list, and refused to those who may not."""

import io
import json
import zipfile
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import a_student
from zhixing.domains.school.models import Department
from zhixing.domains.school.pages.institution import DepartmentDetail
from zhixing.kernel.base.masking import mask
from zhixing.kernel.files.evidence import evidence_of, use_evidence
from zhixing.kernel.files.models import Evidence, EvidenceUse
from zhixing.kernel.files.store import path_of
from zhixing.kernel.pages.files_pages import EvidenceForm
from zhixing.kernel.pages.freezing import mask_label

pytestmark = pytest.mark.django_db


@pytest.fixture
def department(office):
    return Department.objects.create(name="办公室", unit=office)


@pytest.fixture
def tabbed(monkeypatch):
    """The department's page bears evidence during the test, whatever it declares."""
    monkeypatch.setattr(DepartmentDetail, "tabs", ("evidence", *DepartmentDetail.tabs))


def sent(**fields):
    return {"secrecy": "internal", "upload": SimpleUploadedFile("纪要.txt", "会议".encode()), **fields}


def on(row):
    return f"/files/on/{row._meta.label_lower}/{row.uid}/"


def test_a_piece_is_added_from_a_record(department, tabbed, clerk, client_of):
    client = client_of(clerk)
    assert "上传佐证材料" in client.get(on(department)).content.decode()
    answer = client.post(on(department), sent(form_mark="m1", note="第 2 页"))
    assert "已添加" in answer.content.decode()
    use = evidence_of(department).get()
    assert (use.evidence.title, use.note, use.added_by) == ("纪要", "第 2 页", clerk)
    client.post(on(department), sent(form_mark="m1"))
    assert evidence_of(department).count() == 1
    tab = client.get(f"/school/department/{department.uid}/tab/evidence/").content.decode()
    assert "纪要" in tab
    assert "待审核" in tab
    assert "deed/accept" not in tab


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"upload": SimpleUploadedFile("a.exe", b"MZ\x00")}, "不支持"),
        ({"upload": ""}, "请填写题名"),
        ({"upload": "", "title": "原件"}, "原件存放处"),
        ({"formed_on": "2999-01-01"}, "不能晚于今天"),
        ({"secrecy": "secret"}, "涉密材料不得上传"),
        ({"page_count": "-1"}, "大于或等于"),
        ({"title": "长" * 201}, "201"),
    ],
)
def test_bad_input_is_told_and_nothing_is_kept(department, tabbed, clerk, client_of, fields, words):
    answer = client_of(clerk).post(on(department), sent(**fields))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Evidence.objects.exists()


def test_a_page_without_the_tab_bears_no_evidence(department, clerk, client_of):
    if "evidence" not in DepartmentDetail.tabs:
        assert client_of(clerk).get(on(department)).status_code == 404
    assert client_of(clerk).get(f"/files/on/people.user/{clerk.uid}/").status_code == 404
    assert client_of(clerk).get(f"/files/on/nonsense/{clerk.uid}/").status_code == 404


def test_who_does_not_see_the_record_adds_nothing(department, tabbed, make_user, client_of):
    client = client_of(make_user("student"))
    assert client.get(on(department)).status_code == 403
    assert client.post(on(department), sent()).status_code == 403


def test_an_existing_piece_is_picked(department, tabbed, piece, boss, client_of):
    client = client_of(boss)
    assert piece.title in client.get(f"{on(department)}pick/?q=纪要").content.decode()
    assert piece.title not in client.get(f"{on(department)}pick/?q=没有这个").content.decode()
    assert "已将" in client.post(f"{on(department)}pick/", {"evidence": piece.uid, "note": "二"}).content.decode()
    assert evidence_of(department).get().evidence == piece
    twice = client.post(f"{on(department)}pick/", {"evidence": piece.uid})
    assert twice.status_code == 422
    assert client.post(f"{on(department)}pick/", {"evidence": "x"}).status_code == 404


def test_decided_on_the_use_page(piece, office, boss, clerk, client_of):
    use = evidence_of(office).get()
    assert client_of(boss).get(f"/files/evidenceuse/{use.uid}/").status_code == 200
    address = f"/files/evidenceuse/{use.uid}/deed"
    assert client_of(clerk).post(f"{address}/accept/", {"confirmed": 1}).status_code == 403
    client = client_of(boss)
    assert client.post(f"{address}/refuse/", {"confirmed": 1}).status_code == 422
    client.post(f"{address}/accept/", {"confirmed": 1})
    use.refresh_from_db()
    assert use.accepted_by == boss


def test_the_detail_page_tells_everything(piece, clerk, boss, client_of):
    client = client_of(boss)
    page = client.get(f"/files/evidence/{piece.uid}/").content.decode()
    assert piece.digest in page
    for tab in ("evidence.UsesTab", "evidence.ContentTab", "evidence.EditionsTab", "trail"):
        assert client.get(f"/files/evidence/{piece.uid}/tab/{tab}/").status_code == 200
    told = client.post(f"/files/evidence/{piece.uid}/deed/verify/", {"confirmed": 1}).content.decode()
    assert "校验通过" in told
    path_of(piece.file).write_bytes(b"x")
    told = client.post(f"/files/evidence/{piece.uid}/deed/verify/", {"confirmed": 1}).content.decode()
    assert "校验不通过" in told
    new = {"confirmed": 1, "upload": SimpleUploadedFile("2.txt", "二".encode())}
    assert "第 2 版" in client.post(f"/files/evidence/{piece.uid}/deed/again/", new).content.decode()


def test_no_one_reads_a_piece_by_its_address(piece, make_user, client_of, other_school):
    assert client_of(make_user("student")).get(f"/files/{piece.file.uid}/").status_code == 404
    stranger = make_user("principal", tenant=other_school)
    assert client_of(stranger).get(f"/files/evidence/{piece.uid}/").status_code == 404
    assert client_of(stranger).get(f"/files/{piece.file.uid}/").status_code == 404


def test_a_list_is_frozen_with_masked_names(office, boss, make_user, client_of):
    make_user("teacher", unit=office, name="欧阳测试")
    client = client_of(boss)
    address = "/files/snapshot/people.UserList/"
    asked = client.get(f"{address}?q=欧阳")
    assert asked.status_code == 200
    done = client.post(address, {"query": "q=欧阳", "title": "在岗人员"})
    assert "已存为佐证快照" in done.content.decode()
    kept = Evidence.objects.get()
    assert kept.frozen["payload"]["count"] == 1
    assert "欧阳测试" not in str(kept.frozen["payload"]["rows"])
    assert "欧***" in str(kept.frozen["payload"]["rows"])
    assert ["查找", mask("name", "欧阳")] in kept.frozen["payload"]["facts"]
    with zipfile.ZipFile(io.BytesIO(path_of(kept.file).read_bytes())) as book:
        assert not any("欧阳测试".encode() in book.read(name) for name in book.namelist())


def test_an_empty_list_and_a_strange_one_are_not_frozen(boss, make_user, client_of):
    client = client_of(boss)
    answer = client.post("/files/snapshot/people.UserList/", {"query": "q=没有这个人", "title": "x"})
    assert "没有记录" in answer.content.decode()
    assert client.get("/files/snapshot/no.Such/").status_code == 404
    assert client.get("/files/snapshot/people.UserList/?strange=1").status_code == 400
    assert client_of(make_user("student")).get("/files/snapshot/people.UserList/").status_code == 403
    assert not Evidence.objects.exists()


def test_the_tab_asks_the_same_number_of_questions_for_one_and_many(department, tabbed, clerk, boss, client_of, now):
    from tests.kernel.files.conftest import upload
    from zhixing.kernel.files.evidence import add_evidence

    client, address = client_of(boss), f"/school/department/{department.uid}/tab/evidence/"
    add_evidence(title="一", upload=upload("0"), on=department, by=clerk, at=now)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(4):
        add_evidence(title=f"材料{number}", upload=upload(str(number)), on=department, by=clerk, at=now)
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).content.decode().count("evidence-line") == 5
    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("text", "expected"), [("张三丰（2019001）", "张**（2019001）"), ("王五", "王*"), ("李(1)", "李*(1)"), ("", "")]
)
def test_labels_keep_the_number(text, expected):
    assert mask_label(text) == expected


def test_the_form_speaks_chinese():
    assert all(field.label for field in EvidenceForm().fields.values())


def test_a_head_decides_on_uses_of_the_own_unit_only(piece, office, teaching, boss, make_user, now):
    there = use_evidence(piece, on=teaching, by=boss, at=now)
    head = make_user("department_head", unit=teaching)
    assert list(EvidenceUse.objects.visible_to(head, "accept")) == [there]
    assert there.unit == teaching


def test_a_snapshot_does_not_keep_the_name_that_was_looked_for(school, make_user, client_of):
    student = a_student(name="欧阳小明")
    page = client_of(make_user("office_director"))
    for number, words in enumerate((student.name, student.student_no), 1):
        sent = {"query": f"q={words}", "title": f"名单{number}"}
        assert page.post("/files/snapshot/students.StudentList/", sent).status_code == 200
    for piece in Evidence.objects.all():
        told = json.dumps(piece.frozen, ensure_ascii=False)
        assert quote(student.name) not in told
        assert student.name not in told
        assert "查找" in dict(piece.frozen["payload"]["facts"])
