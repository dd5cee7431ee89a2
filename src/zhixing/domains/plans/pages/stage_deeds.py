"""What can be done to a stage and its gates from their pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from zhixing.kernel.pages import Deed
from zhixing.kernel.people.models import User

from ..actions.stages import confirm_gate, propose_gates, recall_gate, waive_gate
from ..choices import GateKind, StageState
from ..models import PlanStage
from ..procedures import take_stage
from .forms import ReasonForm


class NoteForm(forms.Form):
    """What a confirmation rests on."""

    note = forms.CharField(
        label="依据", min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如“9月3日全校教职工大会，签到86人”。",
    )  # fmt: skip


class WhyForm(forms.Form):
    """Why a gate is waived, or a word on it taken back."""

    reason = forms.CharField(label="理由", min_length=2, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


def propose(stage: PlanStage, *, by: User, at: datetime) -> str:
    made = propose_gates(stage, by=by, at=at)
    return f"已加入 {len(made)} 个关口，可逐个修改要求。" if made else "没有可以加入的关口：常用的都已设置。"


def step(name: str) -> Any:
    """A deed's action that takes the step of this name."""

    def act(stage: PlanStage, *, by: User, at: datetime, opinion: str = "") -> str:
        take_stage(name, stage, by=by, at=at, opinion=opinion)
        return "阶段已关闭，快照已固定。" if name == "close_stage" else ""

    return act


def in_state(*states: str) -> Any:
    return lambda stage: stage.state in states


def _open(gate: Any) -> bool:
    return bool(gate.stage.state == StageState.OPEN)


STAGE_DEEDS = (
    Deed(
        "propose", "加入常用关口", propose, permission="plans.stagegate.add", icon="wand", many=False,
        when=in_state(StageState.OPEN),
    ),
    Deed(
        "request_close", "申请关闭", step("request_close"), permission="plans.planstage.request_close",
        icon="flag-check", many=False, when=in_state(StageState.OPEN),
        confirm="关口全部通过或已豁免才能申请；由另一人核对后关闭。",
    ),
    Deed(
        "close_stage", "关闭阶段", step("close_stage"), permission="plans.planstage.close_stage", icon="lock",
        many=False, when=in_state(StageState.CLOSING),
        confirm="关闭时固定指标读数、问题台账、要点状态和佐证摘要，此后不能更改，也不能重新打开。",
    ),
    Deed(
        "send_back", "退回关闭申请", step("send_back"), permission="plans.planstage.send_back", form=ReasonForm,
        icon="arrow-back-up", many=False, when=in_state(StageState.CLOSING),
    ),
)  # fmt: skip
GATE_DEEDS = (
    Deed(
        "confirm", "确认通过", confirm_gate, permission="plans.stagegate.confirm", form=NoteForm, icon="circle-check",
        when=lambda gate: _open(gate) and gate.kind == GateKind.MANUAL and gate.confirmed_at is None,
    ),
    Deed(
        "waive", "豁免", waive_gate, permission="plans.stagegate.waive", form=WhyForm, icon="circle-x", danger=True,
        when=lambda gate: _open(gate) and gate.waived_at is None,
        confirm="豁免后这个关口不再妨碍关闭阶段，理由写入阶段档案。",
    ),
    Deed(
        "recall", "撤回确认或豁免", recall_gate, permission="plans.stagegate.waive", form=WhyForm,
        icon="arrow-back-up", when=lambda gate: _open(gate) and bool(gate.confirmed_at or gate.waived_at),
    ),
)  # fmt: skip
