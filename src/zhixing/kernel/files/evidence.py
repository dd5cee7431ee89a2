"""Evidence comes in, serves records, is accepted or sent back by somebody else, and gets a new edition."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ..base.records import DataClass, Record
from ..people.models import Unit, User
from ..trail.writing import add_row, amend_row
from .bundles import Bundled, Folder, Item, bundle
from .models import Evidence, EvidenceKind, EvidenceUse, Medium, Secrecy, StoredFile
from .snapshots import digest_of, frozen_of
from .store import drop, keep_made, store

__all__ = [
    "Bundled", "Folder", "Item", "accept_use", "add_evidence", "bundle", "correct_evidence", "evidence_of",
    "freeze_snapshot", "new_edition", "refuse_use", "retire_evidence", "use_evidence", "withdraw_use",
]  # fmt: skip

CORRECTABLE = ("title", "document_no", "unit", "page_count", "medium", "secrecy", "shelf", "keep_until")
"""What may be put right later; the rest is what the piece is (guards.py)."""
FACTS = (*CORRECTABLE[1:], "formed_on", "maker")


@transaction.atomic
def add_evidence(
    *, title: str, upload: Any = None, file: StoredFile | None = None, on: Record | None = None, by: User | None,
    at: datetime, note: str = "", **facts: Any,
) -> Evidence:  # fmt: skip
    """Take in a piece of evidence and, with ``on``, let it serve that record.

    ``upload`` is an open file or a Django upload, ``file`` one that is stored already; neither for a paper original,
    whose ``shelf`` says where it lies. ``facts``: document_no, formed_on (default: the day of ``at``), maker (default:
    the unit or name of ``by``), unit (default: the record's), page_count, medium, secrecy, shelf, keep_until.
    Raises ValidationError by field.
    """
    if upload is not None and file is not None:
        raise ValueError("an upload or a stored file, not both")
    made = Evidence(
        title=title, kind=EvidenceKind.FILE, added_by=by, added_at=at, **_facts(facts, on, by, at, bool(upload or file))
    )
    _needs_a_place(made, upload or file)
    return _taken_in(made, upload, file, on=on, by=by, at=at, note=note, action="add")


@transaction.atomic
def new_edition(evidence: Evidence, *, upload: Any, by: User | None, at: datetime, **facts: Any) -> Evidence:
    """A later edition of the same piece, with its own file and digest; the earlier one stays as it was.

    Every record served by the earlier edition is served by the new one, waiting to be accepted anew; uses of the
    earlier edition on which nobody had decided are withdrawn.
    """
    _must_be_current(evidence)
    if evidence.kind == EvidenceKind.SNAPSHOT:
        raise ValidationError("快照不能换文件；请重新存一份快照。")
    kept = {name: getattr(evidence, name) for name in ("document_no", "unit", "medium", "secrecy", "shelf", "maker")}
    kept |= {"keep_until": evidence.keep_until, **facts}
    made = Evidence(
        title=evidence.title, kind=EvidenceKind.FILE, edition=evidence.edition + 1, previous=evidence, added_by=by,
        added_at=at, **_facts(kept, None, by, at, True),
    )  # fmt: skip
    made = _taken_in(made, upload, None, on=None, by=by, at=at, note="", action="new_edition")
    for use in EvidenceUse.objects.live().filter(evidence=evidence):
        if use.accepted_at is None and use.refused_at is None:
            amend_row(use, {"withdrawn_at": at}, by=by, at=at, action="withdraw", inner=("withdrawn_at",))
        _serve(made, use.object_type, use.object_uid, use.object_label, use.unit, by=by, at=at, note=use.note)
    return made


def use_evidence(evidence: Evidence, *, on: Record, by: User | None, at: datetime, note: str = "") -> EvidenceUse:
    """Let a piece that is there already serve one more record. Raises ValidationError (retired, replaced, twice)."""
    _must_be_current(evidence)
    if isinstance(on, Evidence | EvidenceUse):
        raise ValidationError("佐证材料不能用来佐证另一份佐证材料。")
    unit = unit_of(on) or evidence.unit
    return _serve(evidence, on._meta.label_lower, on.uid, str(on), unit, by=by, at=at, note=note)


def withdraw_use(use: EvidenceUse, *, by: User | None, at: datetime) -> EvidenceUse:
    """Take a piece away from a record again, while nobody has decided on it."""
    _must_be_undecided(use)
    return amend_row(use, {"withdrawn_at": at}, by=by, at=at, action="withdraw", inner=("withdrawn_at",))


def accept_use(use: EvidenceUse, *, by: User, at: datetime) -> EvidenceUse:
    """Somebody else says that the piece proves the matter. Raises ValidationError for one's own piece."""
    _must_be_undecided(use)
    if by.pk in (use.added_by_id, use.uploaded_by_id):
        raise ValidationError("不能采信自己提交或入库的材料，请由他人审核。")
    values = {"accepted_by": by, "accepted_at": at}
    return amend_row(use, values, by=by, at=at, action="accept", inner=tuple(values))


def refuse_use(use: EvidenceUse, *, reason: str, by: User, at: datetime) -> EvidenceUse:
    """Send a piece back with the reason; the decision stands, a better piece is added beside it."""
    _must_be_undecided(use)
    if len(reason.strip()) < 2:
        raise ValidationError({"reason": "请写明退回原因（不少于 2 个字）。"})
    values = {"refused_by": by, "refused_at": at, "refused_reason": reason.strip()}
    return amend_row(use, values, by=by, at=at, action="refuse", reason=reason.strip(), inner=tuple(values))


@transaction.atomic
def freeze_snapshot(
    *, title: str, what: str, payload: dict[str, Any], lineage: dict[str, Any], on: Record | None = None,
    by: User | None, at: datetime, note: str = "", document: bytes | None = None, document_name: str = "", **facts: Any,
) -> Evidence:  # fmt: skip
    """Keep what is seen now as evidence that nothing later changes.

    ``what`` names the kind ("list", "indicator", "page", "paper" …), ``payload`` is plain data with personal values
    masked already, ``lineage`` says where it came from (page, filters, counts, codes); who, when and the version of
    the software are added. ``document`` is the same thing to read on paper (PDF, xlsx …) under ``document_name``.
    """
    given = _facts({"maker": "知行系统", **facts}, on, by, at, True)
    frozen = frozen_of(what, payload, lineage, by=by, at=at)
    made = Evidence(
        title=title, kind=EvidenceKind.SNAPSHOT, frozen=frozen, added_by=by, added_at=at,
        **given | {"medium": Medium.ELECTRONIC},
    )  # fmt: skip
    file = None
    if document is not None:
        file = keep_made(document, name=document_name or title, purpose="佐证快照", on=made, by=by)
    return _taken_in(made, None, file, on=on, by=by, at=at, note=note, action="freeze")


def correct_evidence(
    evidence: Evidence, values: dict[str, Any], *, by: User, at: datetime, seen_version: int | None = None
) -> Evidence:
    """Put right how a piece is described (title, number, place …); what it is stays. Raises ValueError otherwise."""
    if strange := set(values) - set(CORRECTABLE):
        raise ValueError(f"{sorted(strange)} of a piece of evidence never change")
    return amend_row(evidence, values, by=by, at=at, seen_version=seen_version)


def retire_evidence(evidence: Evidence, *, reason: str, by: User, at: datetime) -> Evidence:
    """Take a piece out of use; what it served keeps it, nothing new may use it."""
    _must_be_current(evidence)
    values = {"retired_at": at}
    return amend_row(evidence, values, by=by, at=at, action="retire", reason=reason.strip(), inner=tuple(values))


def evidence_of(row: Record) -> Any:
    """The uses that stand on one record, with their evidence: newest first."""
    uses = EvidenceUse.objects.live().of(row)
    return uses.select_related("evidence__file", "evidence__unit", "added_by", "accepted_by", "refused_by")


def unit_of(row: Record) -> Unit | None:
    """The unit a record belongs to, by its reach."""
    place: Any = row
    for name in row.reach.unit.split("__") if row.reach.unit not in ("", ".") else ():
        place = getattr(place, name, None)
    return place if isinstance(place, Unit) else None


def _facts(facts: dict[str, Any], on: Record | None, by: User | None, at: datetime, kept: bool) -> dict[str, Any]:
    if strange := set(facts) - set(FACTS):
        raise TypeError(f"evidence has no {sorted(strange)}")
    given = {name: value for name, value in facts.items() if value not in (None, "")}
    given.setdefault("formed_on", timezone.localdate(at))
    given.setdefault("medium", Medium.ELECTRONIC if kept else Medium.PAPER)
    given.setdefault("unit", (unit_of(on) if on is not None else None) or (by.unit if by else None))
    given.setdefault("maker", str(by.unit or by.name) if by else "")
    if given["formed_on"] > timezone.localdate(at):
        raise ValidationError({"formed_on": "形成日期不能晚于今天。"})
    return given


def _needs_a_place(made: Evidence, kept: Any) -> None:
    if kept is None and not made.shelf:
        raise ValidationError({"upload": "请上传文件；只有纸质原件的，请填写原件存放处。"})
    if kept is not None and made.secrecy == Secrecy.SECRET:
        raise ValidationError({"secrecy": "涉密材料不得上传到本系统，只能登记纸质原件及其存放处。"})


def _taken_in(
    made: Evidence, upload: Any, file: StoredFile | None, *, on: Record | None, by: User | None, at: datetime,
    note: str, action: str,
) -> Evidence:  # fmt: skip
    """Keep the file and the row together: when the row is refused, the file doesn't stay behind."""
    kept = None
    if upload is not None:
        kept = store(upload, name=str(getattr(upload, "name", "") or made.title), purpose="佐证", on=made, by=by,
                     data_class=DataClass.PERSONAL)  # fmt: skip
    made.file = kept or file
    made.digest = digest_of(made)
    try:
        with transaction.atomic():
            add_row(made, by=by, at=at, action=action)
            if on is not None:
                use_evidence(made, on=on, by=by, at=at, note=note)
    except ValidationError:
        if kept is not None:
            drop(kept)
        raise
    return made


def _serve(
    evidence: Evidence, object_type: str, object_uid: Any, label: str, unit: Unit | None, *, by: User | None,
    at: datetime, note: str,
) -> EvidenceUse:  # fmt: skip
    use = EvidenceUse(
        evidence=evidence, object_type=object_type, object_uid=object_uid, object_label=label[:200], unit=unit,
        note=note, added_by=by, added_at=at, uploaded_by=evidence.added_by,
    )  # fmt: skip
    return add_row(use, by=by, at=at, action="use")


def _must_be_current(evidence: Evidence) -> None:
    if evidence.retired_at is not None:
        raise ValidationError(f"“{evidence}”已停用，不能再使用。")
    if Evidence.objects.filter(previous=evidence).exists():
        raise ValidationError(f"“{evidence}”已经有新版本，请在最新版本上操作。")


def _must_be_undecided(use: EvidenceUse) -> None:
    if use.withdrawn_at is not None:
        raise ValidationError("这份材料已经从该事项撤回。")
    if use.accepted_at is not None:
        raise ValidationError("这份材料已经采信，结论不再改变。")
    if use.refused_at is not None:
        raise ValidationError("这份材料已经退回，请补充新的材料或新版本。")
