"""Lots that anyone can draw again, in fair shares, once only."""

import hashlib
import itertools

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import a_class, a_student, a_teacher
from zhixing.domains.inspections.actions import announce_draw, draw_lots, judge_item, replace_draw
from zhixing.domains.inspections.actions.draws import digest_of, rank_of, sample, shares
from zhixing.domains.inspections.models import DrawItem, RandomDraw
from zhixing.domains.inspections.queries import Member, listed_members, members_of
from zhixing.kernel.people.models import Unit

pytestmark = pytest.mark.django_db
NAMES = "\n".join(f"教案{n},{'第一学期' if n <= 20 else '第二学期'}" for n in range(1, 31))


@pytest.fixture
def director(school, make_user):
    return make_user("office_director")


def announced(director, **more):
    facts = {
        "title": "教案抽查",
        "population": "list",
        "sample_size": 6,
        "listed": NAMES,
        "seed_origin": "当日收盘指数",
        **more,
    }
    return announce_draw(**facts, by=director, at=timezone.now())


def drawn(director, seed="2026-11-20 上证 3421.55", **more):
    draw = announced(director, **more)
    return draw_lots(draw, seed=seed, by=director, at=timezone.now())


def test_anyone_can_draw_the_same_lots_with_plain_tools(director):
    draw = drawn(director)
    ranks = {
        item.key: hashlib.sha256(f"{draw.seed}|{item.stratum}|{item.key}".encode()).hexdigest()
        for item in DrawItem.objects.filter(draw=draw)
    }
    mine = set()
    for stratum, count in (("第一学期", 4), ("第二学期", 2)):
        keys = [item.key for item in DrawItem.objects.filter(draw=draw, stratum=stratum)]
        mine |= set(sorted(keys, key=ranks.get)[:count])
    assert mine == set(DrawItem.objects.filter(draw=draw, is_drawn=True).values_list("key", flat=True))


def test_the_order_of_the_population_changes_nothing_and_the_seed_changes_the_lots():
    members = [Member(str(n), f"甲{n}", f"层{n % 3}") for n in range(60)]
    first = {lot.member.key for lot in sample(members, seed="甲乙", size=12, least=1)}
    assert first == {lot.member.key for lot in sample(members[::-1], seed="甲乙", size=12, least=1)}
    assert first != {lot.member.key for lot in sample(members, seed="丙丁", size=12, least=1)}
    assert digest_of(members) == digest_of(members[::-1])
    assert digest_of(members) != digest_of(members[1:])
    assert len({rank_of("s", a, b) for a, b in itertools.product("甲乙", "12")}) == 4


@pytest.mark.parametrize(
    ("counts", "size", "least", "given"),
    [
        ({"a": 20, "b": 10}, 6, 1, {"a": 4, "b": 2}),
        ({"a": 98, "b": 2}, 10, 1, {"a": 9, "b": 1}),
        ({"a": 5, "b": 5, "c": 5}, 4, 0, {"a": 2, "b": 1, "c": 1}),
        ({"a": 3}, 10, 1, {"a": 3}),
        ({"a": 1, "b": 1}, 1, 1, {"a": 1, "b": 1}),
    ],
)
def test_shares_are_in_proportion_with_a_floor(counts, size, least, given):
    assert shares(counts, size, least) == given


def test_a_draw_is_done_once_and_a_new_one_leaves_a_trace(director):
    draw = drawn(director)
    with pytest.raises(ValidationError, match="不能重抽"):
        draw_lots(draw, seed="12345", by=director, at=timezone.now())
    with pytest.raises(ValidationError, match="理由"):
        replace_draw(draw, reason="重", by=director, at=timezone.now())
    second = replace_draw(draw, reason="名单漏了新进教师的教案", by=director, at=timezone.now())
    draw.refresh_from_db()
    assert (draw.state, second.replaces, second.population_count) == ("replaced", draw, 30)
    assert DrawItem.objects.filter(draw=draw, is_drawn=True).count() == 6, "the old lots stay to be seen"
    assert second.population_digest == draw.population_digest


def test_a_population_that_was_tampered_with_is_not_drawn_from(director):
    draw = announced(director)
    DrawItem.objects.filter(draw=draw).first().delete()
    with pytest.raises(ValidationError, match="摘要不一致"):
        draw_lots(draw, seed="12345", by=director, at=timezone.now())


@pytest.mark.parametrize(
    ("more", "field"),
    [({"listed": " \n"}, "listed"), ({"sample_size": 31}, "sample_size"), ({"sample_size": 0}, "sample_size"),
     ({"seed_origin": " "}, "seed_origin"),
     ({"population": "classes"}, "population")],
)  # fmt: skip
def test_an_impossible_draw_is_refused_in_plain_words(director, more, field):
    with pytest.raises(ValidationError) as refused:
        announced(director, **more)
    assert field in refused.value.message_dict
    assert not RandomDraw.objects.exists()


def test_a_short_seed_is_refused(director):
    with pytest.raises(ValidationError):
        drawn(director, seed="1")


def test_results_finish_the_draw_and_a_bad_one_needs_words(director):
    draw = drawn(director)
    items = list(DrawItem.objects.filter(draw=draw, is_drawn=True))
    with pytest.raises(ValidationError, match="写明情况"):
        judge_item(items[0], verdict="unfit", by=director, at=timezone.now())
    other = DrawItem.objects.filter(draw=draw, is_drawn=False).first()
    with pytest.raises(ValidationError, match="没有抽中"):
        judge_item(other, verdict="fit", by=director, at=timezone.now())
    for item in items:
        judge_item(item, verdict="fit", by=director, at=timezone.now())
    draw.refresh_from_db()
    assert draw.state == "done"


def test_populations_come_from_the_registers(director):
    student = a_student(class_group=a_class("26数控1班"))
    a_teacher()
    today = timezone.localdate()
    assert [m.label for m in members_of("classes", today)] == ["26数控1班"]
    [member] = members_of("students", today)
    assert (member.key, member.unit_id) == (str(student.uid), student.class_group.unit_id)
    assert len(members_of("staff", today)) >= 1
    assert members_of("closed", today) == []


def test_a_list_of_ones_own_counts_a_line_once():
    assert [(m.label, m.stratum) for m in listed_members("甲，一组\n乙\t二组\n\n甲,一组")] == [
        ("甲", "一组"),
        ("乙", "二组"),
    ]


def test_the_whole_draw_on_pages(director, client_of):
    page = client_of(director)
    bad = page.post("/inspections/randomdraw/new/", {"title": "抽", "population": "list", "sample_size": 3,
                                                    "per_stratum": 1, "listed": "",
                                                    "seed_origin": "当晚开奖号码"})  # fmt: skip
    assert "没有可抽取的对象" in bad.content.decode()
    good = page.post("/inspections/randomdraw/new/", {"title": "教案抽查", "population": "list", "sample_size": 3,
                                                     "per_stratum": 1, "listed": NAMES,
                                                     "seed_origin": "当晚开奖号码"})  # fmt: skip
    draw = RandomDraw.objects.get()
    assert good["Location"] == f"/inspections/randomdraw/{draw.uid}/"
    deed = f"/inspections/randomdraw/{draw.uid}/deed/draw/"
    answered = page.post(deed, {"confirmed": "1", "seed": "福彩 3 18 22 07"})
    assert "抽取 3 个" in answered.content.decode()
    shown = page.get(f"/inspections/randomdraw/{draw.uid}/tab/inspections.DrawnTab/").content.decode()
    assert shown.count("未检查") == 3


def test_lines_that_would_be_cut_to_the_same_are_refused(director):
    with pytest.raises(ValidationError, match="太长"):
        announced(director, listed="\n".join("教" * 90 + str(n) for n in range(5)))


def test_nothing_is_noted_in_a_draw_that_was_set_aside(director):
    draw = drawn(director)
    replace_draw(draw, reason="名单有误，重新公布", by=director, at=timezone.now())
    with pytest.raises(ValidationError, match="已经作废"):
        judge_item(DrawItem.objects.filter(draw=draw, is_drawn=True)[0], verdict="fit", by=director, at=timezone.now())


def test_a_head_does_not_judge_what_was_drawn_in_his_own_department(director, make_user):
    unit = Unit.objects.create(name="教务科", kind="department")
    head = make_user("department_head", unit=unit)
    unit.head = head
    unit.save(update_fields=["head"])
    item = DrawItem.objects.filter(draw=drawn(director), is_drawn=True)[0]
    DrawItem.objects.filter(pk=item.pk).update(unit=unit)
    item = DrawItem.objects.get(pk=item.pk)
    with pytest.raises(ValidationError, match="被检查部门"):
        judge_item(item, verdict="fit", by=head, at=timezone.now())
    assert judge_item(item, verdict="fit", by=director, at=timezone.now()).verdict == "fit"
