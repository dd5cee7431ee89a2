"""The address of a stored file; evidence added to a record or taken from a list. Who may is decided by the records."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from ..base.records import DataClass, Record
from ..files.evidence import add_evidence, use_evidence
from ..files.models import Evidence, EvidenceUse, Medium, Secrecy
from ..files.store import deliver
from .declare import pages
from .detail import DetailPage
from .editing import blame
from .errors import bad_question
from .filters import BadQuestion
from .forms import dress
from .freezing import MOST_ROWS, freeze_list
from .listing import ListPage
from .once import FIELD, SentBefore, fresh_mark, once
from .page import Page, Request, is_fragment
from .rendering import render

OFFERED = 20


class FilePage(Page):
    path = "files/<uuid:uid>/"
    name = "files.file"
    title = "文件"
    data_class = DataClass.SENSITIVE

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        response: Any = deliver(request, kwargs["uid"])
        return response  # type: ignore[no-any-return]


class EvidenceForm(forms.Form):
    """A new piece: a file, or where the paper original lies."""

    upload = forms.FileField(
        label="文件", required=False, help_text="PDF、Word、Excel、图片等，20 MB 以内。只有纸质原件的可以不传。"
    )
    title = forms.CharField(label="题名", max_length=200, required=False, help_text="不填则用文件名。")
    document_no = forms.CharField(label="文号", max_length=80, required=False, help_text="如“校发〔2019〕12号”。")
    formed_on = forms.DateField(label="形成日期", required=False, help_text="材料形成的日子，不填为今天。")
    maker = forms.CharField(
        label="责任者", max_length=100, required=False, help_text="制发单位或个人，不填为您的部门。"
    )
    page_count = forms.IntegerField(label="页数", min_value=1, max_value=100_000, required=False)
    medium = forms.ChoiceField(label="载体", choices=[("", "自动判断"), *Medium.choices], required=False)
    secrecy = forms.ChoiceField(
        label="密级",
        choices=Secrecy.choices,
        initial=Secrecy.INTERNAL,
        help_text="涉密材料不得上传，只登记原件存放处。",
    )
    shelf = forms.CharField(label="原件存放处", max_length=100, required=False)
    keep_until = forms.DateField(label="保管至", required=False, help_text="长期保管的不填。")
    note = forms.CharField(label="说明", max_length=300, required=False, help_text="证明了什么，在第几页。")

    def facts(self) -> dict[str, Any]:
        """What add_evidence is told; the title falls back to the file's name."""
        found = dict(self.cleaned_data)
        upload = found["upload"]
        if not found["title"] and upload is not None:
            found["title"] = PurePath(upload.name).stem[:200]
        if not found["title"]:
            raise ValidationError({"title": "请填写题名。"})
        return found


class SnapshotForm(forms.Form):
    title = forms.CharField(label="题名", max_length=200)


class EvidenceAdd(Page):
    """A piece that serves nothing yet."""

    path = "files/evidence/add/"
    name = "files.evidence.add"
    title = "新增佐证材料"
    permission = "files.evidence.add"
    template = "files/add.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        return self._shown(EvidenceForm(), "")

    def _shown(self, form: forms.Form, sent: str) -> dict[str, Any]:
        form.fields.pop("note", None)
        return {"form": dress(form), "mark": fresh_mark(sent)}

    def post(self, request: Request, **kwargs: Any) -> Mapping[str, Any] | HttpResponse:
        form, sent = EvidenceForm(request.POST, request.FILES), request.POST.get(FIELD, "")
        if not form.is_valid():
            return self._shown(form, sent)

        def act() -> tuple[Any, str]:
            made = add_evidence(on=None, by=request.user, at=timezone.now(), **form.facts())
            return made, reverse("files.evidence.detail", args=[made.uid])

        try:
            return HttpResponseRedirect(once(sent, request.user, act)[1])
        except SentBefore as twin:
            return HttpResponseRedirect(twin.address)
        except ValidationError as fault:
            blame(form, fault)
            return self._shown(form, sent)


def bearer(label: str) -> Any:
    """The model of records that take evidence: one whose detail page has the tab. Http404 for any other."""
    for page in pages:
        if issubclass(page, DetailPage) and page.model._meta.label_lower == label and "evidence" in page.tabs:
            return page.model
    raise Http404


def record_of(request: Request, label: str, uid: Any) -> Record:
    """The record as the asker may see it; Http404 otherwise."""
    found: Record | None = bearer(label)._default_manager.all().visible_to(request.user, "view").filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


class EvidenceOn(Page):
    """Add a new piece to a record: a dialog from its tab."""

    path = "files/on/<str:label>/<uuid:uid>/"
    name = "files.evidence_on"
    title = "上传佐证材料"
    permission = "files.evidence.add"
    template = "files/_add_on.html"

    def get(self, request: Request, **kwargs: Any) -> Mapping[str, Any]:
        row = record_of(request, kwargs["label"], kwargs["uid"])
        return {"row": row, "form": dress(EvidenceForm()), "mark": fresh_mark("")}

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        row = record_of(request, kwargs["label"], kwargs["uid"])
        form, sent = EvidenceForm(request.POST, request.FILES), request.POST.get(FIELD, "")

        def act() -> tuple[Any, str]:
            return add_evidence(on=row, by=request.user, at=timezone.now(), **form.facts()), request.path

        if form.is_valid():
            try:
                once(sent, request.user, act)
                return render(request, "files/_done.html", {"words": "已添加，等待他人审核。"})
            except SentBefore:
                return render(request, "files/_done.html", {"words": "这份材料已经添加。"})
            except ValidationError as fault:
                blame(form, fault)
        return render(request, self.template, {"row": row, "form": dress(form), "mark": fresh_mark(sent)}, 422)


class EvidencePick(Page):
    """Let a piece that is there already serve a record: find it, then take it."""

    path = "files/on/<str:label>/<uuid:uid>/pick/"
    name = "files.evidence_pick"
    title = "选用已有材料"
    permission = "files.evidenceuse.add"
    template = "files/_pick.html"

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        row = record_of(request, kwargs["label"], kwargs["uid"])
        words = request.GET.get("q", "").strip()[:60]
        context = {"row": row, "words": words, "found": self.offered(request, row, words), "fault": ""}
        return render(request, "files/_picked.html" if is_fragment(request, "picked") else self.template, context)

    def offered(self, request: Request, row: Record, words: str) -> Any:
        """Newest pieces the asker may see that don't serve the record yet."""
        rows = Evidence.objects.all().visible_to(request.user, "view").current()
        serving = EvidenceUse.objects.live().of(row)
        for word in words.split():
            rows = rows.filter(Q(title__icontains=word) | Q(document_no__icontains=word) | Q(maker__icontains=word))
        return rows.exclude(pk__in=serving.values("evidence")).order_by("-formed_on", "-pk")[:OFFERED]

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        row = record_of(request, kwargs["label"], kwargs["uid"])
        try:
            wanted = (
                Evidence.objects.all().visible_to(request.user, "view").filter(uid=request.POST["evidence"]).first()
            )
        except (KeyError, ValidationError):
            wanted = None
        if wanted is None:
            raise Http404
        note = request.POST.get("note", "").strip()[:300]
        try:
            use_evidence(wanted, on=row, by=request.user, at=timezone.now(), note=note)
        except ValidationError as fault:
            context = {
                "row": row,
                "words": "",
                "found": self.offered(request, row, ""),
                "fault": "；".join(fault.messages),
            }
            return render(request, self.template, context, 422)
        return render(request, "files/_done.html", {"words": f"已将“{wanted}”用于本事项，等待他人审核。"})


class SnapshotOfList(Page):
    """What a list shows now, kept as evidence: a dialog from the list."""

    path = "files/snapshot/<str:code>/"
    name = "files.snapshot_of_list"
    title = "存为佐证快照"
    permission = "files.evidence.add"
    data_class = DataClass.PERSONAL
    template = "files/_snapshot.html"

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        return self._answer(request, kwargs["code"], request.GET, False)

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        return self._answer(request, kwargs["code"], QueryDict(request.POST.get("query", "")), True)

    def _answer(self, request: Request, code: str, query: QueryDict, bound: bool) -> HttpResponse:
        page = list_page(request, code)
        try:
            asked = page.ask(query)
            count = page.found(request, asked).count()
        except BadQuestion as error:
            return bad_question(request, str(error))
        usual = f"{page.heading()}（{timezone.localdate():%Y-%m-%d}）"
        form = SnapshotForm(request.POST) if bound else SnapshotForm(initial={"title": usual})
        if bound and form.is_valid():
            try:
                made = freeze_list(page, request, asked, title=form.cleaned_data["title"], at=timezone.now())
                return render(request, "files/_done.html", {"words": "已存为佐证快照。", "made": made})
            except ValidationError as fault:
                blame(form, fault)
        context = {
            "page": page, "form": dress(form), "count": count, "most": MOST_ROWS, "query": asked.query(), "code": code,
            "cells": page.lawful_columns(asked),
        }  # fmt: skip
        return render(request, self.template, context, 422 if bound else 200)


def list_page(request: Request, code: str) -> ListPage:
    """A list the asker may open, by its code; Http404 otherwise."""
    found = pages.get(code)
    if found is None or not issubclass(found, ListPage) or not request.user.holds(found.view_permission()):
        raise Http404
    return found()
