"""One record: seeing, tabs, adding, changing, conflict."""

from __future__ import annotations

import pytest

from zhixing.kernel.people.models import Unit
from zhixing.kernel.trail.models import AuditEvent

pytestmark = pytest.mark.usefixtures("trial_pages")


@pytest.fixture
def keeper(person, client_of, units):
    return client_of(person("people.*", "trail.*", "checks.finding.view"))


def fields(**changes):
    return {"name": "实训科", "kind": "department", "parent": "", "position": "0", "closed_on": ""} | changes


def test_facts_tabs_and_way_to_edit(keeper, units):
    text = keeper.get(f"/people/trial/{units[2].uid}/").content.decode()
    assert "<dt>上级</dt><dd>教务科</dd>" in text
    assert f"/people/trial/{units[2].uid}/edit/" in text
    for name in ("findings", "files", "passages", "trail"):
        assert keeper.get(f"/people/trial/{units[2].uid}/tab/{name}/").status_code == 200
    assert keeper.get(f"/people/trial/{units[2].uid}/tab/nothing/").status_code == 404


def test_another_schools_record_is_not_there(keeper, other_school):
    from zhixing.kernel.base.tenancy import tenant_scope

    with tenant_scope(other_school.pk):
        foreign = Unit.objects.create(name="外校", kind="school")
    for tail in ("", "edit/", "tab/files/"):
        assert keeper.get(f"/people/trial/{foreign.uid}/{tail}").status_code == 404


def test_reading_a_person_is_on_the_trail_and_sealed_values_are_masked(person, client_of, make_user):
    someone = make_user(name="李四", phone="13812345678")
    reader = client_of(person("people.user.view", "people.user.reveal"))
    text = reader.get(f"/people/user/{someone.uid}/").content.decode()
    assert "138****5678" in text
    assert "13812345678" not in text
    assert AuditEvent.objects.filter(action="view", object_uid=someone.uid).count() == 1
    blank = reader.post(f"/people/user/{someone.uid}/reveal/phone/", {"reason": ""})
    assert blank.status_code == 422
    shown = reader.post(f"/people/user/{someone.uid}/reveal/phone/", {"reason": "联系家长"})
    assert "13812345678" in shown.content.decode()
    assert AuditEvent.objects.get(action="reveal", result="done").reason == "联系家长"
    assert reader.get(f"/people/user/{someone.uid}/reveal/password/").status_code == 404


def test_adding(keeper, units):
    page = keeper.get("/people/trial/add/").content.decode()
    assert "名称" in page
    answer = keeper.post("/people/trial/add/", fields(parent=str(units[1].uid)))
    made = Unit.objects.get(name="实训科")
    assert answer["Location"] == f"/people/trial/{made.uid}/"
    assert made.parent == units[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "必填项"),
        ({"name": "重名"}, "已经有这个部门"),
        ({"parent": "nonsense"}, "不在您可以选择的范围内"),
    ],
)
def test_faults_stand_at_the_field_and_in_the_summary(keeper, changes, words):
    answer = keeper.post("/people/trial/add/", fields(**changes))
    assert answer.status_code == 422
    assert answer.content.decode().count(words) == 2
    assert not Unit.objects.filter(name="实训科").exists()


def test_changing(keeper, units):
    unit = units[2]
    answer = keeper.post(f"/people/trial/{unit.uid}/edit/", fields(name="机电一班", kind="class", seen_version="1"))
    assert answer.status_code == 302
    unit.refresh_from_db()
    assert (unit.name, unit.version, unit.parent) == ("机电一班", 2, None)


def test_the_loser_of_a_race_sees_both_versions_and_may_send_again(keeper, units):
    unit, address = units[2], f"/people/trial/{units[2].uid}/edit/"
    keeper.post(address, fields(name="先改", kind="class", seen_version="1"))
    clash = keeper.post(address, fields(name="后改", kind="class", seen_version="1"))
    text = clash.content.decode()
    assert clash.status_code == 409
    assert "先改" in text
    assert "后改" in text
    again = keeper.post(address, fields(name="后改", kind="class", seen_version="2", again="1"))
    assert again.status_code == 200
    unit.refresh_from_db()
    assert unit.name == "先改"
    keeper.post(address, fields(name="后改", kind="class", seen_version="2"))
    unit.refresh_from_db()
    assert unit.name == "后改"


def test_version_must_come_with_a_change(keeper, units):
    assert keeper.post(f"/people/trial/{units[2].uid}/edit/", fields()).status_code == 400


def test_choices_of_a_relation(keeper):
    found = keeper.get("/people/trial/add/options/parent/?q=教务").json()["options"]
    assert [one["label"] for one in found] == ["教务科"]
    assert keeper.get("/people/trial/add/options/name/").status_code == 400


def test_rights_of_each_address(person, client_of, units):
    reader = client_of(person("people.unit.view"))
    assert reader.get(f"/people/trial/{units[2].uid}/").status_code == 200
    assert reader.get("/people/trial/add/").status_code == 403
    assert reader.get(f"/people/trial/{units[2].uid}/edit/").status_code == 403
