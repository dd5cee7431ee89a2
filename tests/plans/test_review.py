"""From a document to a plan through the pages: read, put right, undone, compared, taken into effect."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.plans.texts import LATER, SMALL
from zhixing.domains.plans.models import Action, DraftNode, Plan, PlanStage, PlanVersion, Safeguard, Task, WorkPoint

HX = {"HTTP_HX_REQUEST": "true"}


def read(client: Any, text: str = SMALL, **given: Any) -> PlanVersion:
    answer = client.post("/plans/import/", {"text": text, "into": "new", "level": "school", **given})
    assert answer.status_code == 302, answer.content.decode()
    version = PlanVersion.objects.order_by("-pk").first()
    assert answer["Location"] == f"/plans/review/{version.uid}/"
    return version


def node(version: PlanVersion, words: str) -> DraftNode:
    found = [one for one in version.nodes.standing() if words in (one.title or one.body)]
    assert found, words
    return found[0]


def act(client: Any, version: PlanVersion, one: DraftNode | None, verb: str) -> str:
    given = {"verb": verb, **({"node": str(one.uid)} if one else {})}
    answer = client.post(f"/plans/review/{version.uid}/act/", given, **HX)
    assert answer.status_code == 200
    return answer.content.decode()


def ask(client: Any, version: PlanVersion, one: DraftNode, verb: str, **given: Any) -> Any:
    address = f"/plans/review/{version.uid}/node/{one.uid}/{verb}/"
    assert client.get(address).status_code == 200
    return client.post(address, given, **HX)


def shape(version: PlanVersion) -> list[tuple[str, str]]:
    """(kind, words) of the standing nodes in reading order."""
    nodes = list(version.nodes.standing().order_by("position", "pk"))

    def under(parent: int | None) -> list[tuple[str, str]]:
        return [pair for one in nodes if one.parent_id == parent
                for pair in [(one.kind, one.title or one.body), *under(one.pk)]]  # fmt: skip

    return under(None)


@pytest.fixture
def desk(scene: Any, client_of: Any) -> Any:
    return client_of(scene.director)


def test_a_pasted_plan_is_read_with_its_words_and_lines(desk: Any) -> None:
    version = read(desk)
    kinds = [kind for kind, _ in shape(version)]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "action": 2, "task": 3, "point": 7, "stage": 3, "safeguard": 2,
    }  # fmt: skip
    one = node(version, "学籍信息核查")
    assert one.no == 2
    assert one.verbatim.startswith("2.学籍信息核查活动")
    assert version.lines[one.line_from - 1].startswith("2.")
    page = desk.get(f"/plans/review/{version.uid}/").content.decode()
    assert "学籍信息核查" in page
    assert f'id="line-{one.line_from}"' in page


def test_a_file_is_kept_and_read(desk: Any) -> None:
    upload = SimpleUploadedFile("方案.txt", SMALL.encode("gb18030"), "text/plain")
    answer = desk.post("/plans/import/", {"file": upload, "into": "new", "level": "school"})
    assert answer.status_code == 302, answer.content.decode()
    version = PlanVersion.objects.get()
    assert version.file.name == "方案.txt"
    assert version.file.object_uid == version.uid
    assert version.plan.title == "某某职业学校管理提升实施方案"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "请选择方案文件，或粘贴方案全文"),
        ({"text": "今天天气很好。"}, "没有从文本中认出"),
        ({"text": SMALL, "file": SimpleUploadedFile("a.txt", b"x")}, "只用一种"),
        ({"file": SimpleUploadedFile("a.txt", b"")}, "空文件"),
        ({"file": SimpleUploadedFile("a.docx", b"PK\x03\x04 broken")}, "损坏"),
        ({"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7 x")}, "PDF"),
        ({"text": SMALL, "into": "0b6a8f5e-1111-4444-8888-123456789abc"}, "选择一个有效的选项"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_kept(desk: Any, given: dict[str, Any], words: str) -> None:
    answer = desk.post("/plans/import/", {"into": "new", "level": "school", **given})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Plan.objects.exists()
    assert not PlanVersion.objects.exists()


def test_nodes_move_merge_split_and_change_their_kind(desk: Any) -> None:
    version = read(desk)
    before = shape(version)
    act(desk, version, node(version, "学籍信息核查"), "up")
    assert [words for kind, words in shape(version) if kind == "task"][0] == "学籍信息核查活动"
    act(desk, version, node(version, "建立学籍变动台账"), "merge")
    assert "每学期核对学籍数据。建立学籍变动台账" in dict(map(reversed, shape(version)))  # type: ignore[arg-type]
    joined = node(version, "建立学籍变动台账")
    page = desk.get(f"/plans/review/{version.uid}/node/{joined.uid}/split/").content.decode()
    assert "建立学籍变动台账" in page
    ask(desk, version, joined, "split", choice=str(len("每学期核对学籍数据。")))
    assert ("point", "建立学籍变动台账") in shape(version)
    ask(desk, version, node(version, "加强督促检查"), "retype", choice="action")
    assert ("action", "加强督促检查") in shape(version)
    ask(desk, version, node(version, "完善管理制度标准"), "hang", choice=str(node(version, "突出问题").uid))
    assert node(version, "完善管理制度标准").parent == node(version, "突出问题")
    ask(desk, version, node(version, "规范招生简章"), "edit", no="2", body="规范招生简章并报备")
    assert node(version, "规范招生简章并报备").verbatim == "规范招生简章"
    ask(desk, version, node(version, "完善管理制度标准"), "add", kind="point", title="清理过时制度")
    assert node(version, "清理过时制度").parent == node(version, "完善管理制度标准")
    act(desk, version, node(version, "诚信招生"), "remove")
    assert not [words for _, words in shape(version) if "招生" in words]
    for _ in range(8):
        assert "已撤销" in act(desk, version, None, "undo")
    assert shape(version) == before
    assert "没有可以撤销的步骤" in act(desk, version, None, "undo")


def test_an_act_that_makes_no_sense_is_refused_in_words(desk: Any) -> None:
    version = read(desk)
    first = node(version, "突出问题")
    assert "不能再移动" in act(desk, version, first, "up")
    assert "前面没有可以合并" in act(desk, version, first, "merge")
    assert "没有这个操作" in act(desk, version, first, "fly")
    assert ask(desk, version, first, "split", choice="3").status_code == 422
    assert ask(desk, version, node(version, "规范招生简章"), "edit", body="").status_code == 422
    assert desk.get(f"/plans/review/{version.uid}/node/{first.uid}/fly/").status_code == 404


def test_a_page_left_behind_does_not_overwrite(desk: Any) -> None:
    version = read(desk)
    one = node(version, "突出问题")
    given = {"verb": "down", "node": str(one.uid), "seen": "0"}
    assert desk.post(f"/plans/review/{version.uid}/act/", given, **HX).status_code == 200
    answer = desk.post(f"/plans/review/{version.uid}/act/", given, **HX).content.decode()
    assert "刚被别人修改过" in answer


def test_a_plan_takes_effect_in_one_piece(desk: Any, scene: Any) -> None:
    version = read(desk)
    answer = desk.post(f"/plans/review/{version.uid}/effect/", {"verb": "effect"})
    assert answer.status_code == 302
    plan = Plan.objects.get(level="school")
    assert plan.state == "effective"
    assert str(plan.period_from) == "2025-01-01"
    assert str(plan.period_to) == "2027-12-31"
    assert [row.no for row in Task.objects.filter(action__plan=plan)] == [1, 2, 3]
    assert Task.objects.get(action__plan=plan, no=2).kind == "enrolment_check"
    assert [str(row.to_date) for row in PlanStage.objects.filter(plan=plan)] == [
        "2025-03-31", "2026-12-31", "2027-12-31",
    ]  # fmt: skip
    assert Safeguard.objects.filter(plan=plan).count() == 2
    points = WorkPoint.objects.of_plan(plan)
    assert points.count() == 7
    assert set(points.values_list("state", flat=True)) == {"draft"}
    assert points.get(text="杜绝有偿招生").negative
    assert plan.parent.level == "national"
    assert desk.post(f"/plans/review/{version.uid}/effect/", {"verb": "effect"}).status_code == 422


def test_what_is_wanting_bars_the_effect_and_nothing_is_half_written(desk: Any) -> None:
    version = read(desk)
    ask(desk, version, node(version, "宣传动员"), "edit", no="1", title="宣传动员阶段", from_date="", to_date="")
    ask(desk, version, node(version, "学籍信息"), "edit", no="1", title="学籍信息核查活动")
    for action in ("制度建设", "突出问题"):
        ask(desk, version, node(version, action), "retype", choice="text")
    answer = desk.post(f"/plans/review/{version.uid}/effect/", {"verb": "effect"})
    assert answer.status_code == 422
    page = answer.content.decode()
    for words in ("没有起止日期", "没有所属的行动", "没有一个行动", "序号 1 与别的重复"):
        assert words in page
    assert not Action.objects.exists()
    assert Plan.objects.get().state == "draft"


def test_a_later_version_keeps_what_it_matches(planned: Any, client_of: Any) -> None:
    scene, desk = planned, client_of(planned.director)
    kept = scene.give(scene.points().get(text="规范招生简章"))
    moved = scene.give(scene.points().get(text="建立学籍变动台账"))
    task = moved.task
    version = read(desk, LATER, into=str(scene.plan.uid))
    page = desk.get(f"/plans/review/{version.uid}/changes/").content.decode()
    assert "<ins>并公示</ins>" in page
    for words in ("财务管理规范活动", "加强督促检查", "移动"):
        assert words in page
    answer = desk.post(f"/plans/review/{version.uid}/effect/", {"verb": "effect"})
    assert answer.status_code == 302, answer.content.decode()
    kept.refresh_from_db()
    assert (kept.text, kept.state, kept.owner) == ("规范并公示招生简章", "in_effect", scene.owner)
    moved.refresh_from_db()
    assert (moved.task, moved.state) == (task, "in_effect")
    task.refresh_from_db()
    assert task.action.title.startswith("制度建设")
    gone = Safeguard.objects.get(plan=scene.plan, title="加强督促检查")
    assert gone.withdrawn_at is not None
    assert Task.objects.standing().filter(action__plan=scene.plan).count() == 4
    assert sorted(one.state for one in scene.plan.editions.all()) == ["effective", "replaced"]


def test_points_that_people_added_stay_with_their_task(planned: Any, client_of: Any) -> None:
    from zhixing.domains.plans.actions import add_point

    scene = planned
    own = add_point({"task": scene.points()[0].task, "text": "另加的要点"}, by=scene.director, at=scene.now)
    dropped = scene.points().get(text="公开招生承诺")
    version = read(client_of(scene.director), SMALL.replace("公开招生承诺。", ""), into=str(scene.plan.uid))
    client_of(scene.director).post(f"/plans/review/{version.uid}/effect/", {"verb": "effect"})
    own.refresh_from_db()
    dropped.refresh_from_db()
    assert (own.state, dropped.state) == ("draft", "withdrawn")


def test_a_clerk_may_review_but_not_decide(desk: Any, scene: Any, client_of: Any) -> None:
    version, clerk = read(desk), client_of(scene.clerk)
    assert clerk.get(f"/plans/review/{version.uid}/").status_code == 200
    assert "生效</button>" not in clerk.get(f"/plans/review/{version.uid}/").content.decode()
    assert clerk.post(f"/plans/review/{version.uid}/effect/", {"verb": "effect"}).status_code == 403
    assert client_of(scene.owner).get(f"/plans/review/{version.uid}/").status_code == 403


def test_a_draft_can_be_given_up(desk: Any) -> None:
    version = read(desk)
    again = desk.post("/plans/import/", {"text": SMALL, "into": str(version.plan.uid), "level": "school"})
    assert again.status_code == 422
    assert "校对中的文本" in again.content.decode()
    assert desk.post(f"/plans/review/{version.uid}/effect/", {"verb": "drop"}).status_code == 302
    version.refresh_from_db()
    assert version.state == "dropped"
    assert "不能再修改" in act(desk, version, None, "undo")
