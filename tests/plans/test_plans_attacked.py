"""Ways around the rules of a plan: old copies of a draft, work passed on to be accepted, evidence of one's own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tests.plans.texts import SMALL
from zhixing.domains.plans import actions
from zhixing.domains.plans.actions import create_plan, drop_version, take_effect, take_in
from zhixing.domains.plans.actions.tree import undo
from zhixing.domains.plans.documents import read_pasted
from zhixing.domains.plans.models import DraftNode, PlanStage, PlanVersion
from zhixing.domains.plans.procedures import take
from zhixing.kernel.procedures import StepRefused


@pytest.fixture
def version(scene: Any) -> PlanVersion:
    plan = create_plan({"title": "管理提升实施方案"}, by=scene.director, at=scene.now)
    return take_in(plan, read_pasted(SMALL), by=scene.director, at=scene.now)


def old_copy(version: PlanVersion) -> tuple[PlanVersion, DraftNode]:
    """The version and one of its nodes as another tab still has them."""
    copy = PlanVersion.objects.get(pk=version.pk)
    node = DraftNode.objects.filter(plan_version=copy, kind="point", is_removed=False).first()
    assert node is not None
    node.plan_version = copy
    return copy, node


def test_an_old_copy_changes_nothing_once_the_version_is_in_effect(scene: Any, version: PlanVersion) -> None:
    _, first = old_copy(version)
    actions.remove(first, person=scene.director, at=scene.now)
    copy, node = old_copy(version)
    take_effect(version, by=scene.director, at=scene.now)
    who = {"by": scene.director, "at": scene.now}
    with pytest.raises(ValidationError, match="不能再修改"):
        actions.remove(node, person=scene.director, at=scene.now)
    with pytest.raises(ValidationError, match="不能再修改"):
        undo(copy, **who)
    with pytest.raises(ValidationError, match="不能放弃"):
        drop_version(copy, **who)
    assert PlanVersion.objects.get(pk=version.pk).state == "effective"


def test_a_node_is_not_hung_into_another_plan(scene: Any, version: PlanVersion, client_of: Any) -> None:
    plan = create_plan({"title": "另一方案"}, by=scene.director, at=scene.now)
    other = take_in(plan, read_pasted(SMALL), by=scene.director, at=scene.now)
    task, host = (DraftNode.objects.filter(plan_version=one, kind=kind)[0]
                  for one, kind in ((version, "task"), (other, "action")))  # fmt: skip
    page = client_of(scene.director)
    assert page.post(f"/plans/review/{version.uid}/node/{task.uid}/hang/", {"choice": str(host.uid)}).status_code == 422
    with pytest.raises(ValidationError):
        actions.hang(task, under=host, person=scene.director, at=scene.now)


def test_a_mark_of_thousands_of_figures_is_no_fault_of_ours(scene: Any, version: PlanVersion, client_of: Any) -> None:
    sent = {"verb": "up", "node": str(DraftNode.objects.filter(plan_version=version)[0].uid), "seen": "9" * 6000}
    assert client_of(scene.director).post(f"/plans/review/{version.uid}/act/", sent).status_code < 500


def test_who_was_owner_at_the_handing_in_does_not_accept_after_passing_it_on(planned: Any) -> None:
    scene = planned
    point = scene.give(scene.points()[0], owner=scene.director)
    scene.prove(point, by=scene.head)
    point = take("submit", point, by=scene.head, at=scene.now)
    point = actions.assign(point, by=scene.director, at=scene.now, owner=scene.owner)
    with pytest.raises(StepRefused, match="由您负责"):
        take("accept", point, by=scene.director, at=scene.now)
    assert take("accept", point, by=scene.sponsor, at=scene.now).state == "accepted"


def test_the_acceptors_own_piece_alone_proves_nothing(planned: Any) -> None:
    scene = planned
    point = scene.give(scene.points()[0])
    scene.prove(point, by=scene.director)
    point = take("submit", point, by=scene.owner, at=scene.now)
    with pytest.raises(StepRefused, match="不能由您采信"):
        take("accept", point, by=scene.director, at=scene.now)
    assert take("accept", point, by=scene.sponsor, at=scene.now).state == "accepted"


def test_a_stage_is_not_merged_into_the_action_before_it(scene: Any, version: PlanVersion) -> None:
    top = [node for node in version.standing_nodes if node.parent_id is None]
    first = next(node for node in top if node.kind == "stage")
    with pytest.raises(ValidationError, match="不能并入"):
        actions.merge(first, person=scene.director, at=scene.now)


def test_a_new_edition_does_not_move_a_closed_stage(planned: Any) -> None:
    scene, stage = planned, PlanStage.objects.filter(plan=planned.plan).order_by("no")[0]
    PlanStage.objects.filter(pk=stage.pk).update(state="closed", closed_by=scene.sponsor, closed_at=scene.now)
    version = take_in(scene.plan, read_pasted(SMALL), by=scene.director, at=scene.now)
    node = next(one for one in version.standing_nodes if one.matched_uid == stage.uid)
    later = {"to_date": node.to_date + timedelta(days=99)}
    actions.rewrite(node, values=later, person=scene.director, at=scene.now)
    with pytest.raises(ValidationError, match="已经关闭"):
        take_effect(PlanVersion.objects.get(pk=version.pk), by=scene.director, at=scene.now)
    assert PlanStage.objects.get(pk=stage.pk).to_date == stage.to_date


def test_a_clerk_corrects_words_but_hands_out_no_duties_of_a_point_in_effect(planned: Any) -> None:
    point = planned.give(planned.points()[0])
    who = {"by": planned.clerk, "at": planned.now, "seen_version": point.version}
    for values in ({"owner": planned.head}, {"due_date": planned.today + timedelta(days=300)}):
        with pytest.raises(ValidationError, match="分工"):
            actions.correct_point(point, values, **who)
    point.refresh_from_db()
    assert (point.owner, point.state) == (planned.owner, "in_effect")
    assert actions.correct_point(point, {"text": "公开招生承诺并公示"}, **who).text == "公开招生承诺并公示"
