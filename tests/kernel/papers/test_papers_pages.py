"""Print buttons, drafts, issue and register as a browser meets them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.kernel.papers.trial import HOSTILE, LAYOUTS
from zhixing.kernel.files.store import path_of
from zhixing.kernel.jobs.models import Job, State
from zhixing.kernel.jobs.worker import run_pending
from zhixing.kernel.pages.papers_pages import shown
from zhixing.kernel.pages.rendering import render_text
from zhixing.kernel.papers import Letter, Para, Table, issue
from zhixing.kernel.papers.models import IssuedPaper
from zhixing.kernel.people.models import Unit
from zhixing.kernel.trail.models import AuditEvent

RIGHTS = ("papers.issuedpaper.*", "people.unit.*")
NOTICE, LEDGER, CIRCULAR = "kernel.UnitNotice", "kernel.UnitLedger", "kernel.MonthlyCircular"


@pytest.fixture
def clerk(trial_papers: Any, trial_pages: Any, person: Any) -> Any:
    return person(*RIGHTS)


def address(code: str) -> str:
    return reverse("papers.draw", args=[code])


def body(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_button_stands_on_the_record_for_who_may(clerk: Any, person: Any, client_of: Any, units: list[Any]) -> None:
    page = reverse("people.trial.detail", args=[units[1].uid])
    text = body(client_of(clerk).get(page))
    assert "打印部门通知单" in text
    assert f"{address(NOTICE)}?row={units[1].uid}" in text
    units[1].closed_on = timezone.localdate()
    units[1].save()
    assert "打印部门通知单" not in body(client_of(clerk).get(page))


def test_the_preview_is_a_draft(clerk: Any, client_of: Any, units: list[Any]) -> None:
    answer = client_of(clerk).get(address(NOTICE), {"row": units[1].uid})
    text = body(answer)
    assert answer.status_code == 200
    assert "致教务科的通知" in text
    assert "草稿" in text
    assert "印发时编号" in text
    assert "编号印发" in text
    assert not IssuedPaper.objects.exists()


def test_without_the_right_to_issue_there_is_only_the_draft(
    trial_papers: Any, trial_pages: Any, person: Any, client_of: Any, units: list[Any]
) -> None:
    client = client_of(person("people.unit.view"))
    assert 'value="issue"' not in body(client.get(address(NOTICE), {"row": units[1].uid}))
    answer = client.post(address(NOTICE), {"row": units[1].uid, "do": "issue"})
    assert answer.status_code == 403
    assert not IssuedPaper.objects.exists()


@pytest.mark.parametrize(("kind", "start"), [("docx", b"PK"), ("pdf", b"%PDF-")])
def test_drafts_are_downloads(clerk: Any, client_of: Any, units: list[Any], kind: str, start: bytes) -> None:
    answer = client_of(clerk).post(address(NOTICE), {"row": units[1].uid, "do": kind})
    assert b"".join(answer.streaming_content).startswith(start)
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert AuditEvent.objects.filter(action="print", object_uid=units[1].uid).exists()


def test_rows_out_of_reach_do_not_exist(
    trial_papers: Any, trial_pages: Any, person: Any, client_of: Any, units: list[Any]
) -> None:
    narrow = client_of(person(*RIGHTS, extent="unit", unit=units[2]))
    assert narrow.get(address(NOTICE), {"row": units[3].uid}).status_code == 404
    assert narrow.get(address(NOTICE), {"row": "x"}).status_code == 404
    assert narrow.get(address("no.Paper")).status_code == 404
    ledger = narrow.post(address(LEDGER), {"row": [str(unit.uid) for unit in units]})
    assert units[2].name in body(ledger)
    assert units[3].name not in body(ledger)
    assert client_of(person("x.y.z")).get(address(NOTICE), {"row": units[3].uid}).status_code == 403


def test_issue_from_the_page_and_sent_twice_only_once(clerk: Any, client_of: Any, units: list[Any]) -> None:
    client = client_of(clerk)
    form = body(client.get(address(NOTICE), {"row": units[1].uid}))
    mark = re.search(r'name="form_mark" value="(\w+)"', form).group(1)  # type: ignore[union-attr]
    sent = {"row": units[1].uid, "do": "issue", "form_mark": mark}
    first, second = client.post(address(NOTICE), sent), client.post(address(NOTICE), sent)
    issued = IssuedPaper.objects.get()
    assert first["Location"] == second["Location"] == reverse("papers.issuedpaper.detail", args=[issued.uid])
    text = body(client.get(first["Location"]))
    assert issued.number in text
    assert "草稿" not in text
    assert reverse("papers.file", args=[issued.uid, "pdf"]) in text


def test_reprints_are_the_very_bytes(clerk: Any, client_of: Any, units: list[Any]) -> None:
    issued = issue(LAYOUT_PAPER(), units[1], by=clerk, at=timezone.now())
    client, where = client_of(clerk), reverse("papers.file", args=[issued.uid, "docx"])
    once, again = (b"".join(client.get(where).streaming_content) for _ in range(2))
    assert once == again == path_of(issued.docx).read_bytes()
    assert AuditEvent.objects.filter(action="download", object_uid=issued.uid).count() == 2


def LAYOUT_PAPER() -> Any:
    from tests.kernel.papers.trial import UnitNotice

    return UnitNotice


def test_a_file_that_was_tampered_with_is_not_handed_out(clerk: Any, client_of: Any, units: list[Any]) -> None:
    issued = issue(LAYOUT_PAPER(), units[1], by=clerk, at=timezone.now())
    path_of(issued.pdf).write_bytes(b"%PDF-1.7 forged")
    answer = client_of(clerk).get(reverse("papers.file", args=[issued.uid, "pdf"]))
    assert answer.status_code == 403
    assert "校验值不一致" in body(answer)


def test_the_register_shows_the_line_but_not_the_paper_to_who_may_not_see_the_record(
    clerk: Any, person: Any, client_of: Any, units: list[Any]
) -> None:
    issued = issue(LAYOUT_PAPER(), units[1], by=clerk, at=timezone.now())
    keeper = client_of(person("papers.issuedpaper.view"))
    assert issued.number in body(keeper.get(reverse("papers.issuedpaper.list")))
    detail = body(keeper.get(reverse("papers.issuedpaper.detail", args=[issued.uid])))
    assert "请按时办理" not in detail
    assert "没有查看这份公文" in detail
    assert keeper.get(reverse("papers.file", args=[issued.uid, "pdf"])).status_code == 404


def test_the_register_filters_and_cancelling_is_a_deed(clerk: Any, client_of: Any, units: list[Any]) -> None:
    issued = issue(LAYOUT_PAPER(), units[1], by=clerk, at=timezone.now())
    client, where = client_of(clerk), reverse("papers.issuedpaper.list")
    deed = reverse("papers.issuedpaper.detail.deed.cancel", args=[issued.uid])
    assert "作废原因" in body(client.post(deed))
    client.post(deed, {"confirmed": "1", "reason": "内容有误"})
    issued.refresh_from_db()
    assert issued.cancel_reason == "内容有误"
    assert issued.number in body(client.get(where, {"state": "void"}))
    assert issued.number not in body(client.get(where, {"state": "standing"}))
    assert "已作废" in body(client.get(reverse("papers.index")))


def test_a_list_prints_exactly_its_question_or_the_ticked_rows(clerk: Any, client_of: Any, units: list[Any]) -> None:
    client = client_of(clerk)
    listing = body(client.get(reverse("people.trial.list"), {"kind": "class"}))
    assert "打印部门台账" in listing
    link = re.search(rf'href="({address(LEDGER)}\?[^"]+)"', listing).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    all_found = body(client.get(link))
    assert "机电3班" in all_found
    assert '<td class="to-center">教务科</td></tr>' in all_found.replace("\n", "")
    code = re.search(r'name="from" value="([\w.]+)"', listing).group(1)  # type: ignore[union-attr]
    ticked = body(
        client.post(address(LEDGER), {"from": code, "query": "", "row": [str(units[2].uid), str(units[4].uid)]})
    )
    assert "机电1班" in ticked
    assert "机电3班" in ticked
    assert "机电2班" not in ticked
    every = body(
        client.post(address(LEDGER), {"from": code, "query": "kind=class", "every": "1", "row": [str(units[0].uid)]})
    )
    assert every.count("机电") >= 3


def test_an_empty_or_wrong_question_is_told(clerk: Any, client_of: Any, units: list[Any]) -> None:
    client = client_of(clerk)
    code = "tests.UnitList"
    listing = body(client.get(reverse("people.trial.list")))
    code = re.search(r'name="from" value="([\w.]+)"', listing).group(1)  # type: ignore[union-attr]
    nothing = client.get(address(LEDGER), {"from": code, "query": "kind=none"})
    assert nothing.status_code == 422
    assert "没有可以打印的记录" in body(nothing)
    assert client.get(address(LEDGER), {"from": code, "query": "nonsense=1"}).status_code == 400
    assert client.post(address(LEDGER), {"from": code, "row": ["x"]}).status_code == 422


def test_what_a_paper_asks_is_asked_first(clerk: Any, client_of: Any, units: list[Any]) -> None:
    client = client_of(clerk)
    asked = body(client.get(address(CIRCULAR)))
    assert "月份" in asked
    assert "通报。" not in asked
    wrong = client.post(address(CIRCULAR), {"month": "13", "do": "preview"})
    assert wrong.status_code == 422
    assert "3月通报" in body(client.post(address(CIRCULAR), {"month": "3", "do": "preview"}))
    client.post(address(CIRCULAR), {"month": "3", "do": "issue"})
    assert IssuedPaper.objects.get().title == "3月通报"


def test_long_ledgers_are_issued_behind_the_page(clerk: Any, client_of: Any, units: list[Any]) -> None:
    Unit.objects.bulk_create(Unit(name=f"班{at}", kind="class", path=f"/{at}/") for at in range(230))
    client = client_of(clerk)
    page = body(client.get(address(LEDGER)))
    assert "不做预览" in page
    assert "下载 Word" not in page
    answer = client.post(address(LEDGER), {"do": "issue", "form_mark": "abc"})
    job = Job.objects.get(kind="papers.issue")
    assert answer["Location"] == reverse("jobs.one", args=[job.uid])
    run_pending()
    job.refresh_from_db()
    assert job.state == State.DONE, job.error
    issued = IssuedPaper.objects.get()
    assert len(issued.about) == 235
    assert job.result["url"] == reverse("papers.issuedpaper.detail", args=[issued.uid])


def test_an_unfit_record_is_told_on_the_page(clerk: Any, client_of: Any) -> None:
    unit = Unit.objects.create(name="不能印", kind="department")
    answer = client_of(clerk).get(address(NOTICE), {"row": unit.uid})
    assert answer.status_code == 422
    assert "没有负责人" in body(answer)


def test_the_index_lists_what_may_be_printed(clerk: Any, person: Any, client_of: Any) -> None:
    text = body(client_of(clerk).get(reverse("papers.index")))
    assert all(words in text for words in ("部门通知单", "部门台账", "月度通报"))
    assert "部门台账" not in body(client_of(person("papers.issuedpaper.view")).get(reverse("papers.index")))


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_shows_on_the_screen(db: None, name: str) -> None:
    html = sheet_html(LAYOUTS[name])
    assert LAYOUTS[name].title in re.sub(r"<br>|\s", "", html)
    assert "style=" not in html
    assert "<script" not in html


def test_words_of_a_user_are_escaped_on_the_screen(db: None) -> None:
    html = sheet_html(Letter(title=HOSTILE, blocks=[Para(HOSTILE), Table([HOSTILE], [[HOSTILE]])]))
    assert "<标签>" not in html
    assert "&lt;标签&gt;" in html
    assert "{{ 7*7 }}" in html


def sheet_html(letter: Letter) -> str:
    return render_text(None, "papers/_screen.html", {"sheet": shown(letter)})
