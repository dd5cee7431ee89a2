"""An uploaded or pasted plan on its way into a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from zhixing.kernel.files.kinds import kind_of
from zhixing.kernel.files.store import LIMIT, clean_name
from zhixing.kernel.outlines.refusal import DocumentRefused
from zhixing.kernel.people.models import User

from .. import actions
from ..choices import PlanLevel
from ..documents import PlanDraft, read_pasted, read_plan
from ..models import Plan, PlanVersion
from .forms import NEW

PASTED = "粘贴的文字"


@transaction.atomic
def read_upload(given: Mapping[str, Any], *, by: User, at: datetime) -> PlanVersion:
    """Make a version of what the import form brought; ValidationError with what is wrong and how to mend it."""
    upload, name = given.get("file"), PASTED
    if upload is not None:
        name = clean_name(upload.name)
        draft = _read_file(upload, name)
    else:
        draft = _told(lambda: read_pasted(given["text"]))
    plan = _plan(given, draft, name, by, at)
    return actions.take_in(plan, draft, by=by, at=at, upload=upload, file_name=name)


def _read_file(upload: Any, name: str) -> PlanDraft:
    if upload.size > LIMIT:
        raise ValidationError(f"文件“{name}”超过 {LIMIT // 1048576} MB，请只保留方案正文后再上传。")
    data = upload.read()
    if not data:
        raise ValidationError(f"文件“{name}”是空的，请检查后重新上传。")
    draft = _told(lambda: read_plan(data, name=name))
    kind_of(data, name)  # what may be read may not yet be what may be kept
    return draft


def _told(read: Any) -> PlanDraft:
    """What cannot be read is refused in the reader's own words."""
    try:
        draft: PlanDraft = read()
    except DocumentRefused as refused:
        raise ValidationError(str(refused)) from refused
    return draft


def _plan(given: Mapping[str, Any], draft: PlanDraft, name: str, by: User, at: datetime) -> Plan:
    """The plan that the text belongs to: one there is, or a new one named after the document."""
    if given["into"] != NEW:
        found: Plan | None = Plan.objects.filter(uid=given["into"]).first()
        if found is None:
            raise ValidationError("所选的方案不存在，请刷新页面后重选。")
        return found
    title = draft.title.strip() or name.rpartition(".")[0] or "未命名方案"
    level = given.get("level") or PlanLevel.SCHOOL
    values = {"title": title[:120], "level": level, "issuer": given.get("issuer", ""), "source": name[:200]}
    return actions.create_plan(values, by=by, at=at)
