"""An article as one HTML file that can be pasted into a WeChat post: looks and pictures travel inside it.

WeChat's editor drops style sheets and keeps style attributes; our own pages never carry any, this file is not a page.
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from markupsafe import Markup

from zhixing.kernel.files.store import clean_name, path_of
from zhixing.kernel.pages import Page, Request

from ..choices import ArticleState
from ..models import Article, ArticlePicture
from ..queries.column import shown_pictures
from ..queries.text import Block, blocks_of

LOOKS = {
    "h1": "font-size:18px;font-weight:bold;color:#1661ab;margin:24px 0 12px;",
    "h2": "font-size:16px;font-weight:bold;margin:18px 0 8px;",
    "p": "font-size:16px;line-height:1.8;text-indent:2em;margin:0 0 12px;",
    "li": "font-size:16px;line-height:1.8;margin:0 0 6px;",
    "note": "font-size:14px;color:#626b79;text-align:center;margin:6px 0 18px;",
}


class WechatExport(Page):
    """The file of one published article."""

    model = Article
    path = "portal/article/<uuid:uid>/wechat/"
    name = "portal.article.wechat"
    title = "导出公众号文章"
    permission = "portal.article.view"

    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        rows = Article.objects.all().visible_to(request.user, "view").select_related("unit")
        article = rows.filter(uid=kwargs["uid"], state=ArticleState.PUBLISHED).first()
        if article is None:
            raise Http404
        response = HttpResponse(wechat_html(article), content_type="text/html; charset=utf-8")
        name = quote(clean_name(f"{article.title}.html"))
        response["Content-Disposition"] = f"attachment; filename=\"article.html\"; filename*=UTF-8''{name}"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response


def wechat_html(article: Article) -> str:
    """The whole file; every text is escaped."""
    inner = Markup("").join(_block(block) for block in blocks_of(article.body))
    inner += Markup("").join(_figure(picture) for picture in shown_pictures(article))
    source = " ".join(part for part in (article.organ, article.document_no) if part)
    note = " · ".join(part for part in (source, str(article.unit), article.issue_label) if part)
    return str(
        Markup(
            '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{}</title></head><body><section>'
            '<h1 style="font-size:22px;line-height:1.4;margin:0 0 8px;">{}</h1><p style="{}">{}</p>{}</section>'
            "</body></html>"
        ).format(article.title, article.title, LOOKS["note"], note, inner)
    )


def _block(block: Block) -> Markup:
    if block.kind == "ul":
        items = Markup("").join(Markup('<li style="{}">{}</li>').format(LOOKS["li"], item) for item in block.items)
        return Markup('<ul style="padding-left:1.5em;">{}</ul>').format(items)
    tag = {"h1": "h2", "h2": "h3"}.get(block.kind, "p")
    return Markup('<{0} style="{1}">{2}</{0}>').format(tag, LOOKS[block.kind], block.text)


def _figure(picture: ArticlePicture) -> Markup:
    data = base64.b64encode(path_of(picture.file).read_bytes()).decode()
    return Markup('<p><img src="data:{};base64,{}" alt="{}" style="max-width:100%;"></p><p style="{}">{}</p>').format(
        picture.file.media_type, data, picture.caption, LOOKS["note"], picture.caption
    )
