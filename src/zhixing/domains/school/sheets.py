"""The school's majors as a spreadsheet: the published directory or one's own list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhixing.kernel.base.records import Record
from zhixing.kernel.people.models import User
from zhixing.kernel.sheets.declare import Problem, Values
from zhixing.kernel.sheets.model_sheet import ModelSheet

from . import actions
from .models import Department, Major, MajorField


class MajorSheet(ModelSheet):
    """One major a row. A code means nothing without its edition, so both together say which major a row is."""

    model = Major
    title = "专业目录"
    columns = {
        "专业代码": "code",
        "目录版本": "directory_version",
        "专业名称": "name",
        "专业大类": "field",
        "学制": "study_length",
        "涉农专业": "is_agricultural",
        "国家控制布点专业": "is_controlled",
        "目录外专业": "out_of_directory",
        "备案文号": "filing_no",
        "本校开设": "is_offered",
        "首次招生年份": "opened_year",
        "开办部门": "department",
    }
    synonyms = {
        "code": ("代码",),
        "directory_version": ("专业目录版本", "版本"),
        "name": ("名称", "专业"),
        "field": ("专业类", "大类"),
    }
    required = ("code", "directory_version", "name")
    key = ("code",)
    shown_first = ("directory_version",)
    select = ("field", "department")

    def find(self, rows: list[Values]) -> list[Record | None]:  # type: ignore[override]
        self.rivals = {}
        wanted = {values.get("code", "") for values in rows}
        known = {(row.code, row.directory_version): row for row in self.records_known() if row.code in wanted}
        return [known.get((values.get("code", ""), self._edition(values))) for values in rows]

    def _edition(self, values: Values) -> str:
        try:
            return str(self.converters["directory_version"](values.get("directory_version", "")))
        except ValueError:
            return ""

    def named(self, name: str) -> Mapping[str, Any]:
        if name == "department":
            return {row.name: row for row in Department.objects.all()}
        rows = list(MajorField.objects.order_by("directory_version"))
        return {row.name: row for row in rows} | {row.code: row for row in rows}

    def problems(self, values: Values, row: Record | None) -> list[Problem]:
        found = super().problems(values, row)
        truths = {name for name in ("out_of_directory", "is_controlled") if values.get(name) in ("是", "1", "TRUE")}
        if truths and not values.get("filing_no") and row is None:
            told = "目录外专业和国家控制布点专业必须填写备案或批准文号"
            found.append(Problem(column="filing_no", message=told, title="缺少备案文号"))
        return found

    def create(self, values: Values, *, by: User, at: datetime) -> Record:
        return actions.add_major(self.facts(values)[0], by=by, at=at)

    def change(self, row: Record, values: Values, *, by: User, at: datetime) -> Record:
        assert isinstance(row, Major)
        facts = self.facts(self.changed(row, values))[0]
        return actions.correct_major(row, facts, by=by, at=at, seen_version=row.version)
