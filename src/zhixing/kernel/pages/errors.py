"""What is said when something can't be done: plain Chinese, with a way on."""

from __future__ import annotations

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse

from ..base.patience import is_busy
from ..people.access import access
from .rendering import render

RETRY_SECONDS = 30


def _say(
    request: HttpRequest, status: int, title: str, text: str, icon: str = "alert-circle",
    again: list[tuple[str, str]] | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        "title": title, "text": text, "icon": icon, "status": status, "again": again or [],
        "number": getattr(request, "request_id", ""),
    }  # fmt: skip
    template = "pages/_error.html" if request.headers.get("HX-Request") == "true" else "pages/error.html"
    return render(request, template, context, status)


@access(audience="public")
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return bad_question(request, "请求的格式不对。")


def bad_question(request: HttpRequest, text: str) -> HttpResponse:
    """400: the address asks for something the page does not offer."""
    return _say(request, 400, "没有看懂这个请求", f"{text}。请从页面上的菜单或筛选条件重新选择。".replace("。。", "。"))


@access(audience="public")
def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    text = str(exception) if exception is not None and str(exception) else ""
    return _say(
        request, 403, "您没有打开这个页面的权限",
        text or "如果工作需要，请联系本校系统管理员为您分配相应角色。", "lock",
    )  # fmt: skip


@access(audience="public")
def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _say(
        request, 404, "没有找到这个页面",
        "地址可能写错了，或者这条记录已不存在，也可能不在您可以查看的范围内。", "map-search",
    )  # fmt: skip


@access(audience="public")
def broken(request: HttpRequest) -> HttpResponse:
    """The page for what nobody foresaw; a database that was merely too busy is no fault."""
    if is_busy(sys.exception()):
        return busy(request)
    return _say(
        request, 500, "系统出了点问题",
        "刚才的操作没有完成，已保存的数据不受影响。请稍后再试；若仍不行，请把下面的编号告诉系统管理员。", "tool",
    )  # fmt: skip


def busy(request: HttpRequest) -> HttpResponse:
    """503: somebody else writes a lot; what was typed can be sent again from the page as it is."""
    again = _typed(request)
    ways = "您填写的内容没有丢失，稍后点“再次提交”即可。" if again else ""
    if request.method == "POST" and not again:
        ways = "刚才的提交没有执行，请返回上一页稍后再提交。"
    answer = _say(request, 503, "系统正在写入大量数据，请稍后刷新", f"正在导入或汇总数据，一般几分钟内完成。{ways}",
                  "clock-pause", again)  # fmt: skip
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a form that was sent, as (name, value); none where some can't be given back (files, passwords)."""
    if request.method != "POST" or request.FILES or not getattr(request, "user", None):
        return []
    names = [name for name in request.POST if name != "csrfmiddlewaretoken"]
    if not request.user.is_authenticated or any("password" in name for name in names):
        return []
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 from the CSRF guard: nearly always a page left open too long."""
    return _say(
        request, 403, "页面停留太久，请重新打开",
        "为了安全，这次提交没有执行。请返回上一页刷新后再提交；刚填的内容请先复制出来。", "clock-pause",
    )  # fmt: skip


def too_fast(request: HttpRequest) -> HttpResponse:
    """429: more people's records within an hour than any work needs; the trail has noted it."""
    return _say(
        request, 429, "一小时内打开的个人信息过多",
        "为保护个人信息，请过一小时再继续查看；已经打开过的仍可查看。如确有工作需要，可用列表筛选、批量处理或申请导出。",
        "clock-pause",
    )  # fmt: skip


def conflict(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """409: someone else saved first; the page shows both versions."""
    return render(request, "pages/conflict.html", context, 409)
