"""The family's columns: the first member stands for the guardian, as both national layouts have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from zhixing.kernel.sheets.conversion import converter, printer, reader
from zhixing.kernel.sheets.declare import Values

from ..models import Guardian, Student

MEMBERS = ("guardian_", "member2_")
FIELDS = {
    "name": "name", "relation": "relation", "is_guardian": "is_guardian", "phone": "phone", "birth": "birth_month",
    "document_kind": "document_kind", "id_number": "id_number", "ethnic_group": "ethnic_group",
    "political_status": "political_status", "health": "health", "workplace": "workplace", "post": "job",
}  # fmt: skip
"""Column, without the member's prefix, and field of Guardian."""
COLUMNS = frozenset(start + name for start in MEMBERS for name in FIELDS)

_FIELD = {name: Guardian._meta.get_field(field) for name, field in FIELDS.items()}
_CONVERT: dict[str, Callable[[str], Any]] = {name: converter(field) for name, field in _FIELD.items()}
_READ: dict[str, Callable[[Any], str]] = {name: reader(field) for name, field in _FIELD.items()}
_PRINT: dict[str, Callable[[Any], str]] = {name: printer(field) for name, field in _FIELD.items()}
_PRINT |= dict.fromkeys(("phone", "id_number", "health"), str)


def members(values: Values) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Fields of each member that the row tells of, at their place, and texts that no field of Guardian can hold."""
    found: list[dict[str, Any]] = []
    odd: dict[str, str] = {}
    for start in MEMBERS:
        member: dict[str, Any] = {}
        for name, field in FIELDS.items():
            text = values.get(start + name, "")
            if not text:
                continue
            try:
                member[field] = _CONVERT[name](text)
            except ValueError:
                odd[start + name] = text
        found.append(member)
    first, second = found
    if second and second.get("name", "") == first.get("name", ""):
        found[1] = {}
    return found, odd


def of(students: Sequence[Student]) -> dict[int, list[Guardian]]:
    """The family of each student by the student's key, in one query a thousand students.

    A prefetch would build a queryset for every student, which costs more than reading the rows.
    """
    found: dict[int, list[Guardian]] = {}
    keys = [student.pk for student in students]
    for start in range(0, len(keys), 1000):
        for member in Guardian.objects.filter(student__in=keys[start : start + 1000]).order_by("position", "pk"):
            found.setdefault(member.student_id, []).append(member)
    return found


def columns_of(family: list[Guardian], wanted: set[str]) -> Values:
    """The first two members as cells."""
    cells: Values = {}
    for start, member in zip(MEMBERS, family, strict=False):
        for name, read in _READ.items():
            if start + name in wanted:
                cells[start + name] = read(member)
    return cells


def spelt(column: str, text: str) -> str:
    """The one way in which a family cell is written."""
    name = next(column.removeprefix(start) for start in MEMBERS if column.startswith(start))
    try:
        return _PRINT[name](_CONVERT[name](text))
    except ValueError:
        return text
