"""稿件: everybody's list, each article with its text, pictures and way to the public, and the form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from zhixing.kernel.pages import (
    Column,
    Deed,
    DetailPage,
    EditPage,
    Facts,
    ListPage,
    Menu,
    Page,
    Panel,
    Request,
    Tab,
    ViewPreset,
)
from zhixing.kernel.people.models import User

from ..actions import add_picture, mark_replaced, note_consent, remove_picture, rewrite_article, write_article
from ..choices import WRITABLE, ArticleKind, ArticleState, Consent
from ..models import Article, ArticlePicture
from ..procedures import take
from ..queries.publishable import faults_of_article
from ..queries.text import blocks_of
from .forms import ConsentForm, OpinionForm, PictureForm, ReplacedForm
from .words import at_state, badge_of
from .writing_desk import WritingDesk

FIELDS_OF_TEXT = ("kind", "title", "unit", Column("summary", width="wide"), Column("body", width="wide"))
FIELDS_OF_SOURCE = ("organ", "document_no", "document_date", "valid_until", "replaced_by")


def step(name: str) -> Any:
    """A deed's action that takes the step of this name."""

    def act(article: Article, *, by: User, at: datetime, opinion: str = "") -> str:
        moved = take(name, article, by=by, at=at, opinion=opinion)
        issue = f"，期号 {moved.issue_label}" if name == "publish" and moved.number else ""
        return f"稿件现在是“{moved.get_state_display()}”{issue}。"

    return act


def picture(article: Article, *, by: User, at: datetime, **asked: Any) -> str:
    made = add_picture(article, by=by, at=at, **asked)
    return "已添加。" if made.is_showable else "已添加。取得肖像同意以前，这篇稿件不能发布。"


def replaced(article: Article, *, by: User, at: datetime, replaced_by: str) -> None:
    mark_replaced(article, replaced_by=replaced_by, by=by, at=at)


def _deed(name: str, label: str, icon: str, *states: str, **more: Any) -> Deed:
    return Deed(
        name, label, more.pop("action", None) or step(name), permission=f"portal.article.{more.pop('right', name)}",
        icon=icon, when=at_state(*states), **more,
    )  # fmt: skip


SUBMITTED, REVIEWED, PUBLISHED = ArticleState.SUBMITTED, ArticleState.REVIEWED, ArticleState.PUBLISHED
PICTURE = _deed("picture", "添加图片", "photo-plus", *WRITABLE, right="change", action=picture, form=PictureForm)
SUBMIT = _deed("submit", "送审", "send", *WRITABLE, confirm="送审后不能修改，等待审核。")
TAKE_BACK = _deed("take_back", "收回", "arrow-back", SUBMITTED, right="submit")
REVIEW = _deed("review", "审核通过", "circle-check", SUBMITTED, confirm="审核通过后，等待发布。")
BACK = _deed("send_back", "退回修改", "arrow-back-up", SUBMITTED, REVIEWED, form=OpinionForm)
PUBLISH = _deed("publish", "发布", "world-upload", REVIEWED, confirm="发布后，任何人不登录就能看到。")
WITHDRAW = _deed("withdraw", "撤下", "eye-off", PUBLISHED, form=OpinionForm, danger=True)
REOPEN = _deed("reopen", "重新编辑", "edit", ArticleState.WITHDRAWN, form=OpinionForm)
REPLACED = Deed(
    "replaced", "标记已被替代", replaced, permission="portal.article.withdraw", form=ReplacedForm, icon="replace",
    when=lambda row: row.state == PUBLISHED and row.kind == ArticleKind.POLICY and not row.replaced_by,
)  # fmt: skip
DEEDS = (PICTURE, SUBMIT, TAKE_BACK, REVIEW, BACK, PUBLISH, REPLACED, WITHDRAW, REOPEN)


class ArticleList(ListPage):
    model = Article
    title = "稿件"
    menu = Menu("公开", "稿件", "news", 20)
    columns = (
        Column("title", link=True, width="wide"), Column("kind", render=badge_of(ArticleKind)),
        Column("state", render=badge_of(ArticleState)), Column("unit__name", "供稿部门"),
        Column("writer__name", "撰稿人"), Column("submitted_at"), Column("reviewer__name", "审核人", default=False),
        Column("published_at"), Column("number", "期号", numeric=True, default=False),
    )  # fmt: skip
    filters = ("state", "kind", "unit", "published_at")
    search = ("title", "document_no")
    order = ("-updated_at",)
    primary = "add"
    batch = (REVIEW, PUBLISH)
    presets = (
        ViewPreset("待审核", "state=submitted"), ViewPreset("待发布", "state=reviewed"),
        ViewPreset("已发布", "state=published"), ViewPreset("简报", "kind=brief"),
    )  # fmt: skip
    empty = "还没有稿件。点“新增稿件”撰写，送审后由他人审核、发布到公开专栏。"
    mark_findings = True


class ArticleDetail(DetailPage):
    model = Article
    facts = (
        Facts("稿件", (Column("kind", render=badge_of(ArticleKind)), Column("state", render=badge_of(ArticleState)),
                     "unit", Column("issue_label", "期号"), "summary", "names_waived")),
        Facts("政策来源", FIELDS_OF_SOURCE),
        Facts("经手", ("writer", "edited_by", "submitted_at", "reviewer", "reviewed_at", "publisher", "published_at")),
    )  # fmt: skip
    deeds = DEEDS
    tabs = ("passages", "findings", "trail")
    template = "portal/article.html"

    def context(self, request: Request, row: Any) -> dict[str, Any]:
        """A text that is no policy has no source to show."""
        if row.kind == ArticleKind.POLICY:
            return {}
        groups = [(title, [self._fact(cell, row) for cell in cells]) for title, cells in self.groups()]
        return {"groups": [group for group in groups if group[0] != "政策来源"]}

    def edit_address(self, request: Request, row: Any) -> str:
        return super().edit_address(request, row) if row.state in WRITABLE else ""


class ArticleEdit(WritingDesk, EditPage):
    model = Article
    groups = (
        Facts("稿件", FIELDS_OF_TEXT),
        Facts("政策文件的来源（其他栏目不填）", FIELDS_OF_SOURCE),
        Facts("个人信息", (Column("names_waived", width="wide"),)),
    )
    create = write_article
    change = rewrite_article


class TextTab(Tab):
    """The text as strangers will see it."""

    on = Article
    title = "正文"
    order = 5
    template = "portal/_text.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        return {"blocks": blocks_of(row.body)}


class PicturesTab(Tab):
    on = Article
    title = "图片"
    order = 6
    template = "portal/_pictures.html"

    def context(self, request: Request, row: Any) -> Mapping[str, Any]:
        may_change = row.state in WRITABLE and request.user.can("change", row)
        return {"pictures": row.pictures.select_related("file"), "may_change": may_change}


class ReadyPanel(Panel):
    """What still stands between the text and the public; once it is out, where it can be read."""

    on = Article
    title = "公开前检查"
    order = 10
    template = "portal/_ready.html"

    def context(self, request: Request, row: Any = None) -> Mapping[str, Any]:
        out = row.state == ArticleState.PUBLISHED
        code = request.user.tenant.code if request.user.tenant else ""
        return {
            "faults": faults_of_article(row),
            "public": reverse("portal.column.article", args=[code, row.uid]) if out else "",
            "export": reverse("portal.article.wechat", args=[row.uid]) if out else "",
        }


class PictureDetail(DetailPage):
    model = ArticlePicture
    facts = (Facts("图片", ("caption", Column("consent", render=badge_of(Consent)), "consent_note", "article")),)
    deeds = (
        Deed("consent", "登记肖像同意", note_consent, permission="portal.articlepicture.change", form=ConsentForm,
             icon="user-check"),
    )  # fmt: skip
    tabs = ("findings", "trail")


class PictureRemoval(Page):
    """Taking a picture out of a draft, from the tab of pictures."""

    model = ArticlePicture
    path = "portal/articlepicture/<uuid:uid>/remove/"
    name = "portal.articlepicture.remove"
    title = "移除图片"
    permission = "portal.articlepicture.change"
    methods = ("POST",)

    def post(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        from django.http import Http404

        rows = ArticlePicture.objects.all().visible_to(request.user, "change").select_related("article", "file")
        found = rows.filter(uid=kwargs["uid"]).first()
        if found is None:
            raise Http404
        remove_picture(found, by=request.user, at=timezone.now())
        answered: HttpResponse = redirect("portal.article.detail", uid=found.article.uid)
        return answered
