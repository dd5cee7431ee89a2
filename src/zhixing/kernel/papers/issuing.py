"""Issue a paper: a number that leaves no gap, the content frozen, both files made and kept; cancel it; draw a draft."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from ..base.records import DataClass, Record
from ..base.tenancy import ScopeMissing, current_tenant
from ..files.models import StoredFile
from ..files.store import LIMIT, clean_name, store
from ..people.models import Tenant, User
from ..trail.record import record
from ..trail.writing import amend_row
from .blocks import Letter
from .declare import ISSUE, Paper, day_of
from .frozen import plain
from .models import IssuedPaper, NumberSequence

TRIES = 2
"""How often a paper is laid out on the number expected before the number is held while it is laid out."""
Asked = Mapping[str, Any] | None


@dataclass(frozen=True)
class Made:
    """A letter with its files."""

    letter: Letter
    docx: bytes
    pdf: bytes
    page_count: int


class _Overtaken(Exception):
    """Someone else took the number meanwhile."""


def draw(
    paper: type[Paper], about: Record | Iterable[Record] | None = None, *, on: date, asked: Asked = None,
    number: str = "",
) -> Letter:  # fmt: skip
    """The paper as a letter: a draft without a number. The caller has fetched ``about`` through ``visible_to``.

    Raises ValidationError with a plain message when the record isn't fit to be printed.
    """
    keywords: dict[str, Any] = {"number": number, "on": on, "school": school_in_scope(), **(asked or {})}
    if paper.of is None:
        letter = paper().compose(**keywords)
    elif paper.many:
        letter = paper().compose(rows=list(_rows(about)), **keywords)
    else:
        letter = paper().compose(about, **keywords)
    landscape = letter.landscape or paper.landscape
    shown = number if paper.kind else letter.number
    return replace(letter, number=shown, draft=not number and bool(paper.kind), landscape=landscape)


def issue(
    paper: type[Paper], about: Record | Iterable[Record] | None = None, *, by: User, at: datetime, asked: Asked = None
) -> IssuedPaper:
    """Put a paper on the register: number, frozen content, Word and PDF files that never change.

    ``about`` is the record, or the rows of a ledger in their order. Raises PermissionError when ``by`` may not issue or
    may not see every row, ValidationError when the record isn't fit to be printed or the paper is too large to keep.
    """
    rows = list(_rows(about))
    require_issue(paper, rows, by)
    source: Any = rows if paper.many else about
    for _ in range(TRIES):
        expected = _last(paper, day_of(at).year) + 1
        made = _make(paper, source, expected, at, asked)
        try:
            with transaction.atomic():
                if paper.kind and _take(paper, day_of(at).year) != expected:
                    raise _Overtaken
                return _keep(paper, rows, made, expected, by, at)
        except _Overtaken:
            continue
    with transaction.atomic():
        taken = _take(paper, day_of(at).year)
        return _keep(paper, rows, _make(paper, source, taken, at, asked), taken, by, at)


def cancel(issued: IssuedPaper, *, reason: str, by: User, at: datetime) -> IssuedPaper:
    """Declare a paper void (作废); its number stays taken. Raises ValidationError without a reason or a second time."""
    if issued.cancelled_at is not None:
        raise ValidationError("这份公文已经作废。")
    if len(reason.strip()) < 2:
        raise ValidationError({"cancel_reason": "请写明作废原因（不少于 2 个字）。"})
    values = {"cancelled_at": at, "cancelled_by": by, "cancel_reason": reason.strip()}
    return amend_row(issued, values, by=by, at=at, action="papers.cancel", reason=reason.strip())


def require_issue(paper: type[Paper], rows: list[Any], by: User) -> None:
    """PermissionError unless ``by`` may issue papers and see all that this one tells."""
    if not may_issue(paper, by):
        raise PermissionError("您没有印发公文的权限。")
    if not may_see(paper, rows, by):
        raise PermissionError("您没有查看这份公文全部内容的权限。")


def may_issue(paper: type[Paper], by: User) -> bool:
    """Whether ``by`` may allot numbers to papers of this kind; seeing what it tells is asked besides."""
    return by.holds(ISSUE) and (not paper.issuing or by.holds(paper.issuing))


def may_see(paper: type[Paper], rows: list[Any], by: User) -> bool:
    """Whether ``by`` may see the paper: every row it is about, or the whole school where it is about none."""
    permission = paper.view_permission()
    if paper.of is None:
        return by.grants.holds_everywhere(permission)
    if by.grants.holds_everywhere(permission):
        return True
    keys = [row.pk for row in rows]
    allowed = by.grants.narrow(paper.of._default_manager.all(), permission)
    return all(
        allowed.filter(pk__in=keys[start : start + 500]).count() == len(set(keys[start : start + 500]))
        for start in range(0, len(keys), 500)
    )


def school_in_scope() -> Tenant:
    """The organisation whose papers these are."""
    tenant = current_tenant()
    if tenant is None:
        raise ScopeMissing("a paper is issued inside one tenant")
    return Tenant.objects.get(pk=tenant)


def _rows(about: Any) -> Iterable[Any]:
    return [] if about is None else [about] if isinstance(about, Record) else about


def _make(paper: type[Paper], about: Any, sequence: int, at: datetime, asked: Asked) -> Made:
    from .pdf import to_pdf_pages  # slow import
    from .word import to_docx  # slow import

    day = day_of(at)
    number = paper.number_text(sequence, day.year, school_in_scope()) if paper.kind else ""
    letter = draw(paper, about, on=day, asked=asked, number=number)
    pdf, page_count = to_pdf_pages(letter, at)
    docx = to_docx(letter, at)
    if max(len(docx), len(pdf)) > LIMIT:
        raise ValidationError("这份公文太大，无法存档。请缩小范围（例如按部门、按月份）后再印发。")
    return Made(letter, docx, pdf, page_count)


def _last(paper: type[Paper], year: int) -> int:
    if not paper.kind:
        return 0
    found = NumberSequence.objects.filter(kind=paper.kind, year=year).values_list("last", flat=True).first()
    return int(found or 0)


def _take(paper: type[Paper], year: int) -> int:
    """The next number, taken while the sequence's row is locked until the transaction ends: a failure gives it back."""
    if not paper.kind:
        return 0
    NumberSequence.objects.get_or_create(kind=paper.kind, year=year)
    NumberSequence.objects.filter(kind=paper.kind, year=year).update(last=F("last") + 1)
    return int(NumberSequence.objects.get(kind=paper.kind, year=year).last)


def _keep(paper: type[Paper], rows: list[Any], made: Made, sequence: int, by: User, at: datetime) -> IssuedPaper:
    letter, only = made.letter, rows[0] if paper.of is not None and not paper.many else None
    stem = clean_name(f"{paper.title} {letter.number}".strip())
    files: list[StoredFile] = [
        store(BytesIO(data), name=f"{stem}.{ending}", purpose="issued_paper", on=None, by=None)
        for data, ending in ((made.docx, "docx"), (made.pdf, "pdf"))
    ]
    issued: IssuedPaper = IssuedPaper.objects.create(
        paper=paper.code(), title=letter.title.replace("\n", "")[:200] or paper.title, number=letter.number,
        kind=paper.kind, year=day_of(at).year, sequence=sequence if paper.kind else None,
        issued_by=by, unit=by.unit, issued_at=at,
        object_type=paper.of._meta.label_lower if paper.of is not None else "",
        object_uid=only.uid if only is not None else None,
        object_label=str(only)[:120] if only is not None else f"{len(rows)} 条记录" if paper.many else "",
        about=[str(row.uid) for row in rows] if paper.many else [], content=plain(letter),
        docx=files[0], docx_digest=files[0].digest, pdf=files[1], pdf_digest=files[1].digest,
        page_count=made.page_count,
    )  # fmt: skip
    record(action="papers.issue", by=by, at=at, on=issued, data_class=DataClass.PERSONAL,
           changes={name: [None, getattr(issued, name)] for name in ("docx_digest", "pdf_digest")})  # fmt: skip
    if only is not None:
        record(action="papers.issue", by=by, at=at, on=only, reason=f"《{issued.title}》{issued.number}")
    return issued
