"""Papers: what may be printed, a draft of it, its issue under a number, and the register of what was issued."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from ..base.records import DataClass
from ..files.store import clean_name, path_of
from ..jobs.queue import enqueue
from ..papers.declare import Paper, papers
from ..papers.frozen import letter_of
from ..papers.issuing import cancel, draw, issue, may_issue, may_see, require_issue
from ..papers.laid import laid
from ..papers.models import IssuedPaper
from ..papers.pdf import to_pdf
from ..papers.pictures import bytes_of
from ..papers.word import to_docx
from ..people.models import User
from ..trail.record import record
from . import papering
from .detail import DetailPage
from .errors import bad_question, forbidden, too_fast
from .filters import BadQuestion
from .listing import ListPage
from .once import FIELD, SentBefore, fresh_mark, once
from .page import Page, Request
from .rendering import render
from .values import Column, Deed, Facts, Filter, Menu

KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


class PapersPage(Page):
    """Every paper that the asker may print."""

    path = "papers/"
    name = "papers.index"
    title = "公文与表单"
    menu = Menu("佐证公文", "公文与表单", "printer", 90)
    permission = "papers.issuedpaper.view"
    template = "papers/index.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        allowed = [paper for paper in papers if _may_open(paper, request.user)]
        recent = IssuedPaper.objects.all().visible_to(request.user, "view").select_related("issued_by")[:8]
        return {
            "alone": [paper for paper in allowed if paper.of is None],
            "lists": [(paper, _where(paper)) for paper in allowed if paper.of is not None and paper.many],
            "single": [(paper, _where(paper)) for paper in allowed if paper.of is not None and not paper.many],
            "recent": recent,
        }


def _may_open(paper: type[Paper], user: User) -> bool:
    permission = paper.view_permission()
    return user.grants.holds_everywhere(permission) if paper.of is None else user.holds(permission)


def _where(paper: type[Paper]) -> str:
    """The list on which the paper's rows stand; blank where there is none."""
    try:
        return reverse(f"{paper.of._meta.label_lower}.list")  # type: ignore[union-attr]
    except NoReverseMatch:
        return ""


class DrawPaper(Page):
    """A draft of a paper: to look at, to take home as Word or PDF, to issue."""

    path = "papers/draw/<str:code>/"
    name = "papers.draw"
    title = "打印"
    template = "papers/draw.html"
    data_class = DataClass.PERSONAL

    def answer(self, request: Request, **kwargs: Any) -> HttpResponse:
        paper = papering.paper_of(kwargs["code"])
        if not _may_open(paper, request.user):
            return forbidden(request)
        try:
            found = papering.about(paper, request)
        except BadQuestion as error:
            return bad_question(request, str(error))
        except ValidationError as error:
            return self.page(request, paper, None, None, "；".join(error.messages))
        if not papering.seen(paper, found, request):
            return too_fast(request)
        form = papering.form_of(paper, request)
        if form is not None and not form.is_valid():
            return self.page(request, paper, found, form, "", 422 if form.is_bound else 200)
        return self.drawn(request, paper, found, form)

    post = answer

    def drawn(self, request: Request, paper: type[Paper], found: Any, form: Any) -> HttpResponse:
        """What was asked for: the sheet on the screen, a file, or the paper itself."""
        asked = dict(form.cleaned_data) if form is not None else {}
        wish = request.POST.get("do", "preview")
        count = len(found) if paper.many else 1
        try:
            if wish == "issue":
                return self.issued(request, paper, found, asked)
            if count > papering.FREE_ROWS:
                return self.page(request, paper, found, form, "", count=count)
            letter = draw(paper, found, on=timezone.localdate(), asked=asked)
            if wish in KINDS:
                record(action="print", by=request.user, at=timezone.now(), label=f"{paper.title}（草稿）",
                       on=found if found is not None and not paper.many else None)  # fmt: skip
                data = to_docx(letter) if wish == "docx" else to_pdf(letter)
                answer: HttpResponse = as_file(data, f"{paper.title}（草稿）" if paper.kind else paper.title, wish)
                return answer
        except ValidationError as error:
            return self.page(request, paper, found, form, "；".join(error.messages), 422)
        except PermissionError as error:
            return forbidden(request, error)
        return self.page(request, paper, found, form, sheet=shown(letter), count=count)

    def issued(self, request: Request, paper: type[Paper], found: Any, asked: dict[str, Any]) -> HttpResponse:
        """Issue at once, or behind the page when it is about many rows; a form sent twice issues once."""
        rows = found if paper.many else [] if found is None else [found]

        def act() -> tuple[Any, str]:
            require_issue(paper, rows, request.user)
            if len(rows) > papering.FREE_ROWS and paper.asks is None:
                uids = [str(row.uid) for row in rows]
                work = enqueue("papers.issue", f"印发{paper.title}", by=request.user, paper=paper.code(), rows=uids)
                return work, reverse("jobs.one", args=[work.uid])
            kept = issue(paper, found, by=request.user, at=timezone.now(), asked=asked)
            return kept, reverse("papers.issuedpaper.detail", args=[kept.uid])

        try:
            return HttpResponseRedirect(once(request.POST.get(FIELD, ""), request.user, act)[1])
        except SentBefore as before:
            return HttpResponseRedirect(before.address)

    def page(
        self, request: Request, paper: type[Paper], found: Any, form: Any, fault: str = "", status: int = 0, *,
        sheet: Mapping[str, Any] | None = None, count: int = 0,
    ) -> HttpResponse:  # fmt: skip
        data = request.POST if request.method == "POST" else request.GET
        context = {
            "page": self, "title": paper.title, "paper": paper, "form": form, "fault": fault, "sheet": sheet,
            "count": count, "free": papering.FREE_ROWS, "mark": fresh_mark(data.get(FIELD, "") if status else ""),
            "carried": [(name, value) for name in papering.CARRIED for value in data.getlist(name)],
            "may_issue": may_issue(paper, request.user), "back": _back(paper, found),
        }  # fmt: skip
        return render(request, self.template, context, status or (422 if fault else 200))


def _back(paper: type[Paper], found: Any) -> tuple[str, str]:
    """(words, address) of where the paper was asked for."""
    if paper.of is not None and not paper.many and found is not None:
        try:
            return str(found), reverse(f"{paper.of._meta.label_lower}.detail", args=[found.uid])
        except NoReverseMatch:
            pass
    where = _where(paper) if paper.of is not None else ""
    return (str(paper.of._meta.verbose_name), where) if where and paper.of else ("公文与表单", reverse("papers.index"))


def shown(letter: Any) -> dict[str, Any]:
    """A letter worked out for the screen: widths as shares, pictures inside the page."""
    page = laid(letter)
    for block in page["blocks"]:
        for name in ("widths", "columns"):
            if name in block:
                whole = sum(block[name])
                block[name] = [round(width * 100 / whole, 2) for width in block[name]]
        if block["kind"] == "Picture":
            data = bytes_of(block["stored_file"])
            kind = "png" if data and data.startswith(b"\x89PNG") else "jpeg"
            block["source"] = f"data:image/{kind};base64,{base64.b64encode(data).decode()}" if data else ""
    return page


def as_file(data: bytes, name: str, kind: str) -> Any:
    """A download that no browser opens inside the site."""
    response = FileResponse(
        BytesIO(data), as_attachment=True, filename=f"{clean_name(name)}.{kind}", content_type=KINDS[kind]
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


# -- the register -----------------------------------------------------------------------------------------------------


def _in_state(rows: Any, value: str) -> Any:
    return rows.filter(cancelled_at__isnull=value != "void")


STANDING = (("standing", "有效"), ("void", "作废"))


class Register(ListPage):
    model = IssuedPaper
    title = "印发登记"
    menu = Menu("佐证公文", "印发登记", "rubber-stamp", 91)
    hint = "编号由系统按类别和年份连续编排，印发后内容不再改变，可原样重印；作废的编号保留不再使用。"
    columns = (
        Column("number", "编号", width="narrow"), Column("title", "名称", width="wide", link=True), "object_label",
        Column("issued_by__name", "印发人"), Column("unit__name", "印发部门"), "issued_at",
        Column("page_count", "页数", numeric=True, default=False), Column("cancelled_at", "作废时间"),
        Column("cancel_reason", "作废原因", default=False),
    )  # fmt: skip
    filters = (
        Filter("kind", "类别", options=lambda request: kinds_in_use()), "year", "issued_at", "unit", "issued_by",
        Filter("state", "状态", options=STANDING, apply=lambda rows, value: _in_state(rows, value)),
    )  # fmt: skip
    search = ("number", "title", "object_label")
    order = ("-issued_at",)
    empty = "还没有印发过公文。在督办单、整改通知书等记录的页面点“打印”，预览后即可编号印发。"


def kinds_in_use() -> list[tuple[str, str]]:
    """The kinds that papers are numbered under."""
    return sorted({(paper.kind, paper.kind) for paper in papers if paper.kind})


class CancelForm(forms.Form):
    reason = forms.CharField(label="作废原因", max_length=200, min_length=2, widget=forms.Textarea(attrs={"rows": 2}))


class IssuedDetail(DetailPage):
    """One issued paper as it was issued; its text and files for those who may see what it is about."""

    model = IssuedPaper
    template = "papers/issued.html"
    facts = (
        Facts("登记", (
            "number", "title", Column("object_label", "关于"), Column("issued_by__name", "印发人"),
            Column("unit__name", "印发部门"), "issued_at", "page_count", Column("cancelled_at", "作废时间"),
            Column("cancelled_by__name", "作废人"), "cancel_reason",
        )),
        Facts("文件校验", (Column("docx_digest", "文字稿摘要"), Column("pdf_digest", "版式稿摘要"))),
    )  # fmt: skip
    deeds = (
        Deed("cancel", "作废", cancel, permission="papers.issuedpaper.cancel", form=CancelForm, icon="ban", danger=True,
             confirm="作废后编号保留、不再使用，内容仍可查看。", when=lambda row: row.cancelled_at is None),
    )  # fmt: skip
    tabs = ("trail",)

    def context(self, request: Request, row: Any) -> dict[str, Any]:
        allowed = may_open(row, request.user)
        return {"sheet": shown(letter_of(row.content)) if allowed else None}


def may_open(issued: IssuedPaper, user: User) -> bool:
    """Whether a person may read an issued paper: who may see all that it is about, or who issued it and still may."""
    paper = papers.get(issued.paper)
    if paper is None:  # an app that is gone: only who reads the whole register
        return bool(user.grants.holds_everywhere("papers.issuedpaper.view"))
    if paper.of is None:
        return may_see(paper, [], user)
    permission = paper.view_permission()
    if user.grants.holds_everywhere(permission):
        return True
    uids = issued.about if paper.many else [issued.object_uid]
    allowed = user.grants.narrow(paper.of._default_manager.all(), permission)
    steps = [uids[start : start + 500] for start in range(0, len(uids), 500)]
    return bool(uids) and all(allowed.filter(uid__in=step).count() == len(set(step)) for step in steps)


class IssuedFile(Page):
    """The very bytes that were issued; refused when what lies on the disk is no longer what was issued."""

    path = "papers/issued/<uuid:uid>/<str:kind>/"
    name = "papers.file"
    title = "印发文件"
    permission = "papers.issuedpaper.view"
    data_class = DataClass.PERSONAL
    methods = ("GET",)

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        rows = IssuedPaper.objects.all().visible_to(request.user, "view").select_related("docx", "pdf")
        issued = rows.filter(uid=kwargs["uid"]).first()
        if issued is None or kwargs["kind"] not in KINDS or not may_open(issued, request.user):
            raise Http404
        file, digest = (
            (issued.docx, issued.docx_digest) if kwargs["kind"] == "docx" else (issued.pdf, issued.pdf_digest)
        )
        path = path_of(file)
        data = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(data).hexdigest() != digest:
            return forbidden(request, "存档文件与印发时的校验值不一致，已停止下载。请联系系统管理员从备份恢复。")
        now, about = timezone.now(), DataClass.PERSONAL
        record(action="download", by=request.user, at=now, on=issued, data_class=about, waits=False)
        answer: HttpResponse = as_file(data, str(issued), kwargs["kind"])
        return answer
