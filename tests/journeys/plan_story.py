"""Who walks the plan's journey, and what the school brings: a plan in our own words and the sheet of its duties."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import docx
import openpyxl
from playwright.sync_api import Page

from zhixing.domains.plans.demo import plan_text
from zhixing.domains.plans.documents import PlanDraft, read_pasted

from .conftest import Windows
from .pictures import Pictures
from .rosters import TODAY

SLIP, RIGHT = "学校文化育人创新动力", "学校文化育人创新行动"
"""A slip of the pen in one heading, as real documents have it, and what was meant."""
DIRECTOR, CLERK, HEAD, TEACHER = "office-director", "office-clerk", "department-head", "teacher"
PRINCIPAL, REGISTRAR = "principal", "registrar"
OFFICE, ENGINEERING, GENERAL, ACADEMIC = "办公室", "机电工程部", "公共基础部", "教务科"
DESKS = ((OFFICE, DIRECTOR), (ENGINEERING, HEAD), (GENERAL, TEACHER), (ACADEMIC, REGISTRAR))
"""Departments that lead, and which account answers there."""


def plan_document() -> str:
    """The plan as uploaded: 17 tasks in six actions, one heading with a slip of the pen."""
    text = plan_text(TODAY)
    assert text.count(RIGHT) == 1
    return text.replace(RIGHT, SLIP)


def as_read() -> PlanDraft:
    """The plan as it should stand after the slip was mended."""
    return read_pasted(plan_text(TODAY))


@dataclass
class Story:
    """The plan on its way; one window a person."""

    windows: Windows
    pictures: Pictures
    folder: Path
    names: dict[str, str] = field(default_factory=dict)
    desks: dict[str, Page] = field(default_factory=dict)

    def of(self, account: str) -> Page:
        """The window of that person, signed in once."""
        if account not in self.desks:
            page = self.desks[account] = self.windows.of(account)
            page.goto("/")
            self.names[account] = page.locator(".who summary .wide-only").inner_text().strip()
        return self.desks[account]

    def name(self, account: str) -> str:
        self.of(account)
        return self.names[account]

    def look(self, page: Page, name: str) -> None:
        self.pictures.take(page, f"plan-{name}")


def proof(name: str, text: str) -> dict[str, object]:
    """A small Word file as a person would upload it."""
    document = docx.Document()
    document.add_heading(name.rpartition(".")[0], level=1)
    document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return {"name": name, "mimeType": kind, "buffer": out.getvalue()}


def filled_in(template: Path, to: Path, story: Story) -> int:
    """Fill the downloaded template with every work point's duties; gives the number of rows."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    headings = {str(cell.value).strip().rstrip("*").strip(): cell.column for cell in sheet[1] if cell.value}
    for row in range(sheet.max_row, 1, -1):
        sheet.delete_rows(row)
    line = 1
    for action in as_read().actions:
        for task in action.tasks:
            unit, account = (ACADEMIC, REGISTRAR) if task.no == 2 else DESKS[task.no % 3]
            for place, point in enumerate(task.points):
                line += 1
                values = {
                    "任务": task.title, "工作要点": point.body, "牵头部门": unit, "责任人": story.name(account),
                    "责任领导": story.name(PRINCIPAL), "完成时限": due(task.no, place).isoformat(),
                    "预期成果/佐证材料": "工作总结、检查记录", "配合部门": "总务科" if place == 0 else None,
                }  # fmt: skip
                for name, value in values.items():
                    sheet.cell(line, headings[name], value)
    book.save(to)
    return line - 1


def due(task: int, place: int) -> date:
    return TODAY + timedelta(days=3 + 7 * ((task + place) % 9))


def letter_of(data: bytes) -> str:
    """All words of a .docx, its tables too; it must open as a Word document."""
    document = docx.Document(io.BytesIO(data))
    words = [paragraph.text for paragraph in document.paragraphs]
    for table in document.tables:
        words += [cell.text for row in table.rows for cell in row.cells]
    return "\n".join(words)


def members_of(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as held:
        assert held.testzip() is None
        return {name: held.read(name) for name in held.namelist()}
