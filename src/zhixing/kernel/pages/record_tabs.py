"""Tabs every record may have: findings, evidence, files, passages, trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse

from ..checks.models import Finding
from ..files.evidence import evidence_of
from ..files.models import StoredFile
from ..procedures.models import Passage
from ..trail.models import AuditEvent
from .parts import Tab

if TYPE_CHECKING:
    from .page import Request

LONGEST = 100


class FindingsTab(Tab):
    title, permission, template = "问题", "checks.finding.view", "pages/_tab_findings.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        found = Finding.objects.all().visible_to(request.user, "view").filter(
            object_type=row._meta.label_lower, object_uid=row.uid
        )  # fmt: skip
        rows = found.select_related("owner").order_by("settled_at", "-pk")[:LONGEST]
        try:
            pattern = reverse("checks.finding.detail", args=["00000000-0000-0000-0000-000000000000"])
        except NoReverseMatch:
            pattern = ""
        return {"findings": rows, "finding_address": pattern.replace("00000000-0000-0000-0000-000000000000", "{}")}


class FilesTab(Tab):
    title, permission, template = "材料", "", "pages/_tab_files.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        # Who may see the record may see what is filed under it; deliver() asks again for each file.
        return {
            "files": StoredFile.objects.filter(object_type=row._meta.label_lower, object_uid=row.uid).order_by("-pk")
        }


class EvidenceTab(Tab):
    title, permission, template = "佐证材料", "", "files/_tab_evidence.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        """Who may see the record may see what proves it; each deed asks again for its own right."""
        uses = list(evidence_of(row)[:LONGEST])
        user = request.user
        return {
            "uses": uses, "label": row._meta.label_lower,
            "may_add": user.holds("files.evidence.add"), "may_use": user.holds("files.evidenceuse.add"),
            "may_decide": user.holds("files.evidenceuse.accept"),
            "may_open": user.holds("files.evidence.view"),
            "mine": user.pk,
        }  # fmt: skip


class PassagesTab(Tab):
    title, permission, template = "办理过程", "", "pages/_tab_passages.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        rows = Passage.objects.filter(object_type=row._meta.label_lower, object_uid=row.uid)
        return {
            "events": [
                {"at": one.at, "title": one.label, "by": one.by.name if one.by else "系统", "text": one.opinion}
                for one in rows.select_related("by").order_by("-at", "-pk")[:LONGEST]
            ]
        }


class TrailTab(Tab):
    title, permission, template = "操作记录", "trail.auditevent.view", "pages/_tab_trail.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        labels = {field.name: str(field.verbose_name) for field in row._meta.concrete_fields}
        events = AuditEvent.objects.all().visible_to(request.user, "view").about(row)[:LONGEST]
        return {"events": [(event, _changes(event, labels)) for event in events]}


def _changes(event: AuditEvent, labels: dict[str, str]) -> list[tuple[str, str, str]]:
    found = []
    for name, change in event.changes.items():
        before, after = (
            change if isinstance(change, list) and len(change) == 2 else ("（不记录内容）", "（不记录内容）")
        )
        found.append((labels.get(name, name), _shown(before), _shown(after)))
    return found


def _shown(value: Any) -> str:
    return "空" if value is None or value == "" else str(value)


BUILT_IN: dict[str, Tab] = {
    "findings": FindingsTab(), "evidence": EvidenceTab(), "files": FilesTab(), "passages": PassagesTab(),
    "trail": TrailTab(),
}  # fmt: skip
