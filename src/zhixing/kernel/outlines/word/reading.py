"""A .docx becomes lines: paragraphs with the numbers printed before them, and rows of tables, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element

from ..limits import LINE_CHARACTERS, LINES
from ..lines import Doubt, Line, Look, Source
from ..refusal import DocumentRefused
from .container import Container
from .names import child, local, value, whole
from .numbering import Numbering
from .paragraphs import Seen, words_of
from .styles import Style, Styles
from .tables import grid_of

_NOTES = {
    "notes": "有 {} 处脚注或尾注，没有读取注文",
    "pictures": "有 {} 张图片，没有读取图片里的文字",
    "revisions": "有 {} 处修订痕迹，按接受全部修订后的文字读取",
}
_SHOWN = 60


def read_docx(path: Path, name: str) -> Source:
    """The lines of a Word document. Raises DocumentRefused; nothing but the parts named here is ever unpacked."""
    with Container(path, name) as container:
        related = container.related()
        reader = _Reader(
            name,
            Styles(container.tree(related.get("styles", ""))),
            Numbering(container.tree(related.get("numbering", ""))),
        )
        for element in _blocks(container):
            if local(element.tag) == "p":
                reader.paragraph(element)
            else:
                reader.table(element)
            if len(reader.lines) > LINES:
                raise DocumentRefused(name, f"超过 {LINES} 段，不像一份方案", "请只留下方案的文字再试")
        return reader.done()


def _blocks(container: Container) -> Iterator[Element]:
    """Every paragraph and table of the body as soon as it is complete; each is emptied after it was taken."""
    depth, inside = 0, 0
    for event, element in container.events(container.main):
        name = local(element.tag)
        if name == "body":
            inside += 1 if event == "start" else -1
        elif name in ("p", "tbl") and inside:
            depth += 1 if event == "start" else -1
            if depth == 0 and event == "end":
                yield element
                element.clear()


class _Reader:
    def __init__(self, name: str, styles: Styles, numbering: Numbering) -> None:
        self.lines: list[Line] = []
        self._name, self._styles, self._numbering = name, styles, numbering
        self._warnings: list[Doubt] = []
        self._counts = dict.fromkeys(_NOTES, 0)
        self._first = dict.fromkeys(_NOTES, 0)
        self._tables = 0

    def paragraph(self, element: Element) -> None:
        properties = child(element, "pPr")
        style_id = value(child(properties, "pStyle"))
        style = self._styles.of(style_id)
        text, look, seen = words_of(element, style)
        number = len(self.lines) + 1
        self._note(seen, number)
        if not text.strip():
            self.lines.append(Line(no=number, text=text, kind="blank"))
            return
        label, level = self._label(properties, style, style_id or self._styles.default)
        if len(text) > LINE_CHARACTERS:
            self._warn(number, text, f"这一段超过 {LINE_CHARACTERS} 字，后面的没有读取")
        line = Line(
            no=number, text=(label + text)[:LINE_CHARACTERS], look=_moved(look, len(label)), automatic=len(label),
            list_level=level,
        )  # fmt: skip
        self.lines.append(line)

    def _label(self, properties: Element | None, style: Style, style_id: str) -> tuple[str, int | None]:
        own = child(properties, "numPr")
        list_element, level_element = child(own, "numId"), child(own, "ilvl")
        list_id = whole(value(list_element)) if list_element is not None else style.list_id
        if not list_id:
            return "", None
        if level_element is not None:
            level = whole(value(level_element))
        elif style.list_level is not None and list_element is None:
            level = style.list_level
        else:
            level = self._numbering.level_by_style(list_id, style_id)
        return self._numbering.label(list_id, level), level

    def table(self, element: Element) -> None:
        self._tables += 1
        for cells in grid_of(element):
            number = len(self.lines) + 1
            told = [cell for at, cell in enumerate(cells) if cell and (not at or cell != cells[at - 1])]
            text = " | ".join(cell.replace("\n", " ") for cell in told)[:LINE_CHARACTERS]
            if told:
                self.lines.append(Line(no=number, text=text, kind="row", cells=cells, table=self._tables))
            else:
                self.lines.append(Line(no=number, text="", kind="blank"))
            if len(self.lines) > LINES:
                return

    def _note(self, seen: Seen, number: int) -> None:
        for what in _NOTES:
            count = getattr(seen, what)
            if count and not self._counts[what]:
                self._first[what] = number
            self._counts[what] += count
        for text in seen.hidden:
            self._warn(number, text, "隐藏文字，没有读取")
        for text in seen.boxes:
            self._warn(number, text, "文本框里的文字，没有当作正文；如果是方案内容，请移到正文里再读取")

    def _warn(self, number: int, text: str, why: str) -> None:
        self._warnings.append(Doubt(line=number, text=text.strip()[:_SHOWN], why=why))

    def done(self) -> Source:
        if all(line.kind == "blank" for line in self.lines):
            if self._counts["pictures"]:
                remedy = "请先做文字识别（OCR），把文字放进文档再试"
                raise DocumentRefused(self._name, "文档里只有图片，没有文字（可能是扫描件）", remedy)
            if self._warnings:
                raise DocumentRefused(self._name, "正文里没有文字，文字都在文本框里或被隐藏", "请把文字移到正文里再试")
            raise DocumentRefused(self._name, "文档里没有文字", "请检查是否选对了文件")
        for what, words in _NOTES.items():
            if self._counts[what]:
                self._warn(self._first[what], self.lines[self._first[what] - 1].text, words.format(self._counts[what]))
        return Source(name=self._name, lines=tuple(self.lines), warnings=tuple(self._warnings))


def _moved(look: Look, by: int) -> Look:
    """The look with its bold head counted from the label on."""
    if not look.bold_until or not by:
        return look
    return replace(look, bold_until=look.bold_until + by)
