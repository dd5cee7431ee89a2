"""The plan lives: from the document in an empty school to duties, orders, a meeting, findings, a stage, papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import plan_closing, plan_findings, plan_orders, plan_steps
from .conftest import Windows
from .pictures import Pictures
from .plan_story import Story


@pytest.mark.timeout(1500)  # two or three minutes on an idle machine
def test_a_plan_document_becomes_the_running_plan(empty_windows: Windows, pictures: Pictures, tmp_path: Path) -> None:
    story = Story(empty_windows, pictures, tmp_path)
    plan_steps.bring_in(story)
    plan_steps.review(story)
    plan_steps.take_effect(story)
    plan_steps.assign_from_a_sheet(story)
    plan_steps.every_task_opens(story)
    plan_steps.views(story)
    plan_steps.prove_a_point(story)

    plan_orders.one_is_extended(story)
    plan_orders.one_is_returned(story)
    plan_orders.one_is_escalated(story)
    plan_orders.a_meeting_decides(story)

    plan_findings.from_three_sources(story)
    plan_findings.worked_off(story)
    plan_findings.one_relapses(story)

    plan_closing.papers_are_opened(story)
    plan_closing.a_stage_is_closed(story)
    plan_closing.the_summary(story)
    plan_closing.evidence_in_one_parcel(story)
    plan_closing.the_public_sees_how_far(story)
