"""Every paper is tested because it is declared: it composes, is issued, opens in Word and is set as PDF."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document
from docx.oxml.ns import qn

from tests.kernel.papers.scenes import ASKED, scene_of
from tests.kernel.papers.trial import PAPERS
from zhixing.kernel.files.store import path_of
from zhixing.kernel.pages.rendering import render_text
from zhixing.kernel.papers import draw, issue, papers
from zhixing.kernel.papers.frozen import letter_of

HAN = re.compile(r"[\u4e00-\u9fff]")
AT = datetime(2024, 9, 1, 2, tzinfo=UTC)
EVERY = [*papers, *PAPERS]
ASKED.setdefault("kernel.MonthlyCircular", {"month": 9})


def values_asked(paper: Any) -> dict[str, Any]:
    """What the paper's own form makes of the answers in ASKED."""
    if paper.asks is None:
        return {}
    form = paper.asks(ASKED.get(paper.code(), {}))
    assert form.is_valid(), f"scenes.ASKED lacks answers for {paper.code()}: {form.errors}"
    return dict(form.cleaned_data)


@pytest.mark.parametrize("paper", EVERY, ids=lambda paper: paper.code())
def test_it_is_declared_in_full(paper: Any) -> None:
    assert HAN.search(paper.title)
    assert not paper.kind or HAN.search(paper.kind)
    assert paper.of is not None or not paper.many
    assert re.fullmatch(r"\w+\.\w+\.\w+", paper.view_permission())


@pytest.mark.parametrize("paper", EVERY, ids=lambda paper: paper.code())
def test_it_is_issued_and_both_files_open(trial_papers: Any, person: Any, paper: Any) -> None:
    user = person("*")
    found = scene_of(paper, user)
    if found is not None and not paper.many:
        assert paper().when(found)
    issued = issue(paper, found, by=user, at=AT, asked=values_asked(paper))
    document = Document(BytesIO(path_of(issued.docx).read_bytes()))
    words = "".join(node.text or "" for node in document.element.body.iter(qn("w:t")))
    letter = letter_of(issued.content)
    assert letter.title.replace("\n", "") in words
    assert path_of(issued.pdf).read_bytes().startswith(b"%PDF-")
    assert issued.page_count >= 1
    if paper.kind:
        assert issued.number in words
    assert "None" not in words


@pytest.mark.parametrize("paper", EVERY, ids=lambda paper: paper.code())
def test_it_shows_on_the_screen_and_only_reads(trial_papers: Any, person: Any, paper: Any) -> None:
    from zhixing.kernel.pages.papers_pages import shown

    found = scene_of(paper, person("*"))
    with CaptureQueriesContext(connection) as asked:
        letter = draw(paper, found, on=AT.date(), asked=values_asked(paper))
    writes = [query["sql"][:120] for query in asked if re.match(r"(?:INSERT|UPDATE|DELETE)", query["sql"])]
    assert not writes
    assert letter.draft is bool(paper.kind)
    assert letter.title.split("\n")[0][:6] in render_text(None, "papers/_screen.html", {"sheet": shown(letter)})
