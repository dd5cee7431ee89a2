"""Ways of bringing personal data before strangers, and figures no page expects."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests.factories import a_student
from tests.portal.conftest import picture
from zhixing.domains.portal import actions
from zhixing.domains.portal.actions.articles import mark_replaced, write_article
from zhixing.domains.portal.models import Article
from zhixing.domains.portal.procedures import take
from zhixing.domains.portal.queries.privacy import numbers_in
from zhixing.kernel.people.models import Unit
from zhixing.kernel.procedures import StepRefused

pytestmark = pytest.mark.django_db
SEPARATORS = (".", "–", "—", "·", " ", "\u00a0", "\u200b", "\u2011")


@pytest.mark.parametrize("gap", SEPARATORS)
def test_a_number_is_found_whatever_stands_between_its_figures(gap: str) -> None:
    assert numbers_in({"正文": f"请联系{gap.join(('138', '0013', '8000'))}。"})


@pytest.mark.parametrize("text", ["2019.3—2021.8", "校发〔2019〕12号", "2018-2019 学年共 1234.5678 元"])
def test_dates_and_sums_are_no_numbers_of_people(text: str) -> None:
    assert not numbers_in({"正文": text})


def test_no_pupil_is_named_in_what_is_added_after_publication(school: Any, make_user: Any) -> None:
    a_student(name="欧阳小明")
    director, unit = make_user("office_director"), Unit.objects.create(name="教务科", kind="department")
    values = {"title": "政策", "body": "为进一步加强管理，制定本办法。", "unit": unit, "kind": "policy"}
    article = write_article(values, by=director, at=timezone.now())
    type(article).objects.filter(pk=article.pk).update(names_waived="")
    with pytest.raises(ValidationError, match="学生姓名"):
        mark_replaced(article, replaced_by="见欧阳小明同学的说明", by=director, at=timezone.now())


def test_a_year_of_thousands_of_figures_is_this_year(school: Any, make_user: Any, client_of: Any) -> None:
    page = client_of(make_user("office_director"))
    assert page.get("/portal/writing/?year=" + "9" * 6000).status_code == 200


def test_the_column_sets_no_cookie_even_for_those_signed_in(school: Any, make_user: Any, client_of: Any) -> None:
    answer = client_of(make_user("office_director")).get(f"/column/{school.code}/")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert not answer.cookies


def test_who_writes_a_caption_does_not_review_it(cast: Any, draft: Any) -> None:
    article = draft()
    other = next(one for one in (cast.director, cast.principal) if one.pk != article.writer_id)
    actions.add_picture(article, picture=picture(), caption="现场", consent="no_face", by=other, at=cast.at)
    article = Article.objects.get(pk=article.pk)
    article = take("submit", article, by=article.writer, at=cast.at)
    with pytest.raises(StepRefused, match="不能审核"):
        take("review", article, by=other, at=cast.at)
