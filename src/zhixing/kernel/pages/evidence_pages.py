"""Evidence: what there is, one piece with everything it serves, and what waits to be accepted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from ..files import evidence as verbs
from ..files.models import Evidence, EvidenceUse
from ..files.snapshots import verify_evidence
from ..people.models import User
from .detail import DetailPage
from .editing import EditPage
from .listing import ListPage
from .page import Request
from .parts import Tab
from .values import Column, Deed, Facts, Filter, Menu, ViewPreset

STANDINGS = (
    ("waiting", "有待审核"), ("accepted", "已采信"), ("refused", "有退回"), ("unused", "尚未使用"),
    ("damaged", "校验异常"), ("overdue", "已过保管期"),
)  # fmt: skip
LONGEST = 200


def _counted(uses: Any) -> Any:
    """How many of these uses each piece has; a subquery, so that only the rows shown are counted."""
    mine = uses.filter(evidence=OuterRef("pk")).order_by().values("evidence")
    return Coalesce(Subquery(mine.annotate(found=Count("pk")).values("found")), 0)


def _standing(rows: Any, value: str) -> Any:
    """Pieces by what became of them."""
    if value in ("waiting", "accepted", "refused"):
        return rows.filter(pk__in=getattr(EvidenceUse.objects.all(), value)().values("evidence"))
    if value == "overdue":
        return rows.filter(keep_until__lt=timezone.localdate())
    return rows.unused() if value == "unused" else rows.damaged()


class EvidenceList(ListPage):
    model = Evidence
    title = "佐证材料"
    menu = Menu("佐证公文", "佐证材料", "archive", 70)
    columns = (
        Column("title", link=True, width="wide"), "document_no", "formed_on", "maker", Column("unit__name", "归口部门"),
        "kind", "medium", Column("page_count", numeric=True),
        Column("use_count", "佐证事项", numeric=True), Column("accepted_count", "已采信", numeric=True),
        Column("is_intact", "校验"), Column("secrecy", default=False), Column("shelf", default=False),
        Column("edition", default=False), Column("added_by__name", "入库人", default=False),
        Column("added_at", default=False), Column("keep_until", default=False),
    )  # fmt: skip
    filters = (
        Filter("standing", "办理情况", options=STANDINGS, apply=_standing), "kind", "unit", "formed_on", "medium",
        "secrecy", "added_by",
    )  # fmt: skip
    search = ("title", "document_no", "maker")
    order = ("-formed_on", "-pk")
    primary = "add"
    presets = (
        ViewPreset("待审核", "standing=waiting"), ViewPreset("尚未使用", "standing=unused"),
        ViewPreset("快照", "kind=snapshot"), ViewPreset("校验异常", "standing=damaged"),
    )  # fmt: skip
    hint = "一份材料可以佐证多个事项；只列每份材料的最新版本。"
    empty = "还没有佐证材料。可在各事项页面的“佐证材料”中上传，也可在列表页点“存为佐证快照”。"

    def rows(self, request: Request) -> Any:
        found = Evidence.objects.all().visible_to(request.user, "view").current()
        uses = EvidenceUse.objects.all()
        return found.annotate(use_count=_counted(uses.live()), accepted_count=_counted(uses.accepted()))


class NewEditionForm(forms.Form):
    upload = forms.FileField(label="新版本文件")
    formed_on = forms.DateField(label="形成日期", required=False, help_text="不填为今天。")


class RetireForm(forms.Form):
    reason = forms.CharField(label="停用原因", max_length=200)


class RefuseForm(forms.Form):
    reason = forms.CharField(label="退回原因", max_length=300, widget=forms.Textarea, help_text="写明缺什么、怎样补。")


def _again(evidence: Evidence, *, upload: Any, formed_on: Any, by: User, at: datetime) -> str:
    made = verbs.new_edition(evidence, upload=upload, formed_on=formed_on, by=by, at=at)
    return f"已存为第 {made.edition} 版；佐证的事项改用新版本，等待重新审核。"


def _verified(evidence: Evidence, *, by: User, at: datetime) -> str:
    fault = verify_evidence(evidence, by=by, at=at)
    return f"校验不通过：{fault}。请联系系统管理员从备份恢复。" if fault else "校验通过，内容与入库时一致。"


def _usable(evidence: Evidence) -> bool:
    return evidence.retired_at is None


class EvidenceDetail(DetailPage):
    model = Evidence
    title = "佐证材料"
    facts = (
        Facts("登记", ("title", "document_no", "formed_on", "maker", "unit", "page_count", "medium", "secrecy", "shelf",
                       "keep_until")),
        Facts("来源与校验", ("kind", "edition", "added_by", "added_at", "digest", "checked_at", "is_intact",
                             "retired_at")),
    )  # fmt: skip
    deeds = (
        Deed("verify", "校验", _verified, permission="files.evidence.view", icon="shield-check"),
        Deed("again", "上传新版本", _again, form=NewEditionForm, icon="versions",
             when=lambda row: _usable(row) and row.kind == "file"),
        Deed("retire", "停用", verbs.retire_evidence, permission="files.evidence.retire", form=RetireForm,
             icon="archive-off", danger=True, when=_usable,
             confirm="停用后不能再用于新的事项；已采信的不受影响。"),
    )  # fmt: skip
    tabs = ("trail",)
    template = "files/evidence.html"

    def row(self, request: Request, uid: Any, action: str = "view") -> Any:
        """Through what it serves as well as by right; so not a standing question."""
        rows = Evidence.objects.all().visible_to(request.user, action)
        found = rows.select_related("file", "unit", "added_by", "previous").filter(uid=uid).first()
        if found is None:
            raise Http404
        return found

    def context(self, request: Request, row: Evidence) -> dict[str, Any]:
        later = Evidence.objects.filter(previous=row).first()
        return {"later": later, "kind_words": _words_of(row)}


def _words_of(row: Evidence) -> str:
    """What kind of thing it is, in a word for the head of the page."""
    what = (row.frozen or {}).get("what", "")
    return {"list": "名单快照", "indicator": "指标快照", "paper": "公文", "page": "页面快照"}.get(
        what, row.get_kind_display()
    )  # fmt: skip


class EvidenceEdit(EditPage):
    model = Evidence
    title = "佐证材料"
    groups = (Facts("登记", verbs.CORRECTABLE),)

    @staticmethod
    def change(row: Evidence, values: dict[str, Any], **act: Any) -> Evidence:
        return verbs.correct_evidence(row, values, **act)


class UsesTab(Tab):
    on, title, order, template = Evidence, "佐证的事项", 10, "files/_uses.html"

    def context(self, request: Request, row: Evidence) -> Mapping[str, Any]:
        uses = EvidenceUse.objects.all().visible_to(request.user, "view").filter(evidence=row)
        rows = uses.select_related("added_by", "accepted_by", "refused_by", "unit")[:LONGEST]
        return {"uses": rows, "record_address": record_address}


class ContentTab(Tab):
    on, title, order, template = Evidence, "快照内容", 20, "files/_content.html"

    def context(self, request: Request, row: Evidence) -> Mapping[str, Any]:
        frozen = row.frozen or {}
        payload, lineage = frozen.get("payload", {}), frozen.get("lineage", {})
        rows = payload.get("rows", [])
        return {
            "frozen": frozen, "facts": payload.get("facts", []), "headings": payload.get("headings", []),
            "lines": rows[:LONGEST], "count": payload.get("count", len(rows)), "lineage": lineage,
            "groups": payload.get("groups", []), "longest": LONGEST,
        }  # fmt: skip


class EditionsTab(Tab):
    on, title, order, template = Evidence, "版本", 30, "files/_editions.html"

    def context(self, request: Request, row: Evidence) -> Mapping[str, Any]:
        """The whole chain of editions, newest first; each step is one query, and chains are short."""
        chain, seen = [row], {row.pk}
        while (later := Evidence.objects.filter(previous=chain[0]).first()) and later.pk not in seen:
            chain.insert(0, later)
            seen.add(later.pk)
        while (earlier := chain[-1].previous) is not None and earlier.pk not in seen:
            chain.append(earlier)
            seen.add(earlier.pk)
        return {"editions": chain}


def record_address(use: EvidenceUse) -> str:
    """The page of the record served; blank where there is none."""
    try:
        return reverse(f"{use.object_type}.detail", args=[use.object_uid])
    except NoReverseMatch:
        return ""


def undecided(use: EvidenceUse) -> bool:
    return use.withdrawn_at is None and use.accepted_at is None and use.refused_at is None


DECIDE = (
    Deed("accept", "采信", verbs.accept_use, permission="files.evidenceuse.accept", icon="check", when=undecided,
         confirm="确认这份材料真实、完整，足以证明该事项？结论不再更改。"),
    Deed("refuse", "退回", verbs.refuse_use, permission="files.evidenceuse.accept", icon="arrow-back-up",
         form=RefuseForm, danger=True, when=undecided),
)  # fmt: skip
USE_STATES = (("waiting", "待审核"), ("accepted", "已采信"), ("refused", "已退回"))


class EvidenceUseList(ListPage):
    model = EvidenceUse
    title = "佐证审核"
    menu = Menu("佐证公文", "佐证审核", "checkup-list", 71)
    columns = (
        Column("evidence__title", "佐证材料", link=True, width="wide"), Column("object_label", width="wide"),
        Column("unit__name", "部门"), Column("evidence__formed_on", "形成日期"), Column("note", width="wide"),
        Column("added_by__name", "提交人"), "added_at", Column("accepted_at"), Column("refused_reason", default=False),
    )  # fmt: skip
    filters = (
        Filter("state", "状态", options=USE_STATES, apply=lambda rows, value: getattr(rows, value)()), "unit",
        "added_by", "added_at",
    )  # fmt: skip
    search = ("evidence__title", "object_label", "note")
    order = ("-added_at",)
    batch = DECIDE
    presets = (ViewPreset("待审核", "state=waiting"), ViewPreset("已退回", "state=refused"))
    hint = "提交人和入库人不能审核自己的材料。"
    empty = "还没有材料提交到各事项。"

    def rows(self, request: Request) -> Any:
        return EvidenceUse.objects.all().visible_to(request.user, "view").live()


class EvidenceUseDetail(DetailPage):
    model = EvidenceUse
    title = "佐证审核"
    facts = (
        Facts("事项", ("object_label", "unit", "note", "added_by", "added_at")),
        Facts("审核", ("accepted_by", "accepted_at", "refused_by", "refused_at", "refused_reason", "withdrawn_at")),
    )  # fmt: skip
    deeds = (
        *DECIDE,
        Deed("withdraw", "撤回", verbs.withdraw_use, permission="files.evidenceuse.add", icon="arrow-back",
             when=undecided, confirm="从这个事项撤回该材料？材料本身仍保留在佐证库中。"),
    )  # fmt: skip
    tabs = ("trail",)
    template = "files/use.html"

    def row(self, request: Request, uid: Any, action: str = "view") -> Any:
        rows = EvidenceUse.objects.all().visible_to(request.user, action)
        found = rows.select_related("evidence__file", "unit", "added_by", "accepted_by", "refused_by")
        found = found.filter(uid=uid).first()
        if found is None:
            raise Http404
        return found

    def context(self, request: Request, row: EvidenceUse) -> dict[str, Any]:
        return {"record": record_address(row)}
