"""Whether numbers that were just typed can be right (GB 11643; XJ-080 … XJ-083)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from zhixing.kernel.base.id_numbers import birth_date_in, passes_check
from zhixing.kernel.base.text import normalise

CITIZEN_FORM = {"居民身份证", "港澳台居民居住证", ""}
"""Document kinds whose numbers follow GB 11643 (DM-006)."""
TEMPORARY = re.compile(r"999\d{15}", re.ASCII)
NATIONAL_NUMBER = re.compile(r"[GJL]\d{17}[\dX]", re.ASCII)


def judge_identity(values: Mapping[str, Any], *, document_kind: str, birth_date: Any, sex: str) -> None:
    """Judge the numbers in ``values`` by themselves and against the rest; ValidationError by field.

    Only what is being entered is judged: what was kept before is the business of the roster's rules.
    """
    faults: dict[str, str] = {}
    number = _typed(values.get("id_number"))
    if number and document_kind in CITIZEN_FORM and not TEMPORARY.fullmatch(number):
        faults |= _citizen_faults(number, birth_date, sex)
    national = _typed(values.get("national_student_no"))
    if national and (fault := _national_fault(national)):
        faults["national_student_no"] = fault
    if faults:
        raise ValidationError(faults)


def _typed(value: Any) -> str:
    """A number as kept: half width, no blanks, upper case; empty for what wasn't typed now."""
    return normalise(value).replace(" ", "").upper() if isinstance(value, str) else ""


def _citizen_faults(number: str, birth_date: Any, sex: str) -> dict[str, str]:
    born = birth_date_in(number)
    if born is None or born > date.today():
        return {"id_number": "身份证号第 7 至 14 位不是可能的出生日期，请对照证件核对。"}
    if not passes_check(number):
        return {"id_number": "身份证号末位校验不符，请对照证件逐位核对。"}
    faults: dict[str, str] = {}
    if isinstance(birth_date, date) and birth_date != born:
        faults["birth_date"] = f"与身份证号中的出生日期 {born} 不一致。"
    if sex and sex != ("男" if int(number[16]) % 2 else "女"):
        faults["sex"] = "与身份证号中的性别不一致。"
    return faults


def _national_fault(number: str) -> str:
    if not NATIONAL_NUMBER.fullmatch(number):
        return "学籍号应为 G、J 或 L 加 18 位，共 19 位。"
    if number[0] in "GJ" and not passes_check(number[1:]):
        return "学籍号末位校验不符，请核对；临时学籍号以 L 开头。"
    return ""
