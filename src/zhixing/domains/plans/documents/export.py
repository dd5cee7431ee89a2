"""The parsed plan as JSON, in the one shape that programs may rely on."""

from __future__ import annotations

from typing import Any

from .draft import PlanDraft


def to_json(plan: PlanDraft) -> dict[str, Any]:
    """A plan as plain values; see docs/how-to/plan_document.md for what each key holds."""
    return {
        "title": plan.title,
        "period": {"from": plan.period_from, "to": plan.period_to},
        "principles": list(plan.principles),
        "goals": plan.goals,
        "actions": [
            {
                "no": action.no,
                "title": action.title,
                "intro": action.body,
                "tasks": [
                    {"no": task.no, "title": task.title, "body": task.body, "points": [p.text for p in task.points]}
                    for task in action.tasks
                ],
            }
            for action in plan.actions
        ],
        "stages": [
            {"no": each.no, "title": each.title, "from": each.from_month, "to": each.to_month, "body": each.body}
            for each in plan.stages
        ],
        "safeguards": [{"no": each.no, "title": each.title, "body": each.body} for each in plan.safeguards],
        "warnings": [{"line": each.line, "text": each.text, "why": each.why} for each in plan.warnings],
    }
