"""Papers about many rows are issued behind the page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from ..jobs.declare import Progress, job
from ..jobs.models import Job
from ..notices.send import notify
from ..people.models import User
from .declare import papers
from .issuing import issue
from .models import IssuedPaper


@job("papers.issue", "印发公文")
def issue_behind(progress: Progress) -> dict[str, Any]:
    """Issue a paper about the rows named, as far as who asked may see them now; tells that person where it is."""
    wanted: Job = Job.objects.get(pk=progress.lease.job_id)
    paper, by = papers[progress.arguments["paper"]], wanted.requested_by
    if paper.of is None or by is None:
        raise ValidationError("这份公文不是按记录打印的。")
    uids = list(progress.arguments["rows"])
    progress.say(0, len(uids), "正在读取记录")
    allowed = by.grants.narrow(paper.of._default_manager.all(), paper.view_permission()).select_related(*paper.joins)
    found = {
        str(row.uid): row
        for start in range(0, len(uids), 500)
        for row in allowed.filter(uid__in=uids[start : start + 500])
    }
    rows = [found[uid] for uid in uids if uid in found]
    if len(rows) < len(uids):
        raise ValidationError("有记录在排队期间被移走或不再可见，没有印发。请回到列表重新打印。")
    progress.say(0, len(uids), "正在排版")
    issued = _issued_before(wanted, by, uids) or issue(paper, rows, by=by, at=timezone.now())
    progress.say(len(uids), len(uids), "已印发")
    url = reverse("papers.issuedpaper.detail", args=[issued.uid])
    notify([by], f"{issued.title} 已印发", body=issued.number, url=url)
    return {"url": url, "number": issued.number}


def _issued_before(wanted: Job, by: User, uids: list[str]) -> IssuedPaper | None:
    """What an earlier attempt issued before its worker was lost: a number isn't given out twice for one asking."""
    since = IssuedPaper.objects.filter(
        paper=wanted.arguments["paper"], issued_by=by, issued_at__gte=wanted.started_at or wanted.created_at
    )
    return next((issued for issued in since if issued.about == uids), None)
