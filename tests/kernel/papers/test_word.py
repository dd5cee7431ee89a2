"""Every .docx is opened again: margins, grid, styles, faces, page numbers, tables. GB/T 9704-2012."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm

from tests.kernel.papers.trial import FORM, HOSTILE, LAYOUTS, LEDGER, LETTER, TURNED
from zhixing.kernel.papers import Form, Heading, Letter, Para, Table, to_docx
from zhixing.kernel.papers.looks import FACES
from zhixing.kernel.papers.word_styles import STYLES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(letter: Letter) -> Any:
    return Document(BytesIO(to_docx(letter)))


def part(letter: Letter, name: str) -> str:
    with zipfile.ZipFile(BytesIO(to_docx(letter))) as archive:
        return archive.read(name).decode()


def mm(length: Any) -> float:
    return round(length / Mm(1), 1)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_opens_and_has_its_words(name: str) -> None:
    document = opened(LAYOUTS[name])
    text = "".join(t.text or "" for t in document.element.body.iter(f"{W}t"))
    assert LAYOUTS[name].title in text
    assert document.core_properties.title == LAYOUTS[name].title


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_style_used_is_defined(name: str) -> None:
    document = opened(LAYOUTS[name])
    used = {style.get(f"{W}val") for style in document.element.body.iter(f"{W}pStyle")}
    assert used
    assert used <= {style.style_id for style in document.styles}


def test_margins_and_grid_are_those_of_the_standard() -> None:
    section = opened(FORM).sections[0]
    found = [mm(getattr(section, f"{side}_margin")) for side in ("top", "bottom", "left", "right")]
    assert found == [37.0, 35.0, 28.0, 26.0]
    assert (mm(section.page_width), mm(section.page_height)) == (210.0, 297.0)
    grid = section._sectPr.find(f"{W}docGrid")
    assert {key.removeprefix(W): grid.get(key) for key in grid.attrib} == {
        "type": "linesAndChars", "linePitch": "579", "charSpace": "-848",
    }  # fmt: skip


def test_attachments_turn_the_page_and_turn_it_back() -> None:
    sections = opened(LETTER).sections
    assert [section.orientation for section in sections] == [
        WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT,
    ]  # fmt: skip
    assert (mm(sections[1].page_width), mm(sections[1].top_margin)) == (297.0, 28.0)
    assert [mm(section.page_width) for section in opened(TURNED).sections] == [210.0, 297.0, 210.0]
    assert mm(opened(LEDGER).sections[0].left_margin) == 20.0


def test_normal_is_third_size_fangsong_named_for_chinese() -> None:
    normal = opened(LETTER).styles["Normal"]
    assert normal.font.size.pt == 16
    faces = normal.element.rPr.rFonts
    assert faces.get(f"{W}eastAsia") == "仿宋_GB2312"
    assert not [key for key in faces.attrib if "Theme" in key]


@pytest.mark.parametrize("style", [style for style in STYLES if style.face], ids=lambda style: style.code)
def test_each_face_is_named_and_has_a_fallback(style: Any) -> None:
    found = next(s for s in opened(LETTER).styles if s.style_id == style.code)
    assert found.name == style.name
    assert found.element.rPr.rFonts.get(f"{W}eastAsia") == FACES[style.face].word
    assert f'w:name="{FACES[style.face].word}"><w:altName' in part(LETTER, "word/fontTable.xml")


def test_title_text_and_levels_look_as_they_should() -> None:
    styles = {style.style_id: style for style in opened(LETTER).styles}
    assert styles["PaperTitle"].font.size.pt == 22
    assert styles["PaperTitle"].element.pPr.jc.get(f"{W}val") == "center"
    indent = styles["PaperText"].element.pPr.find(f"{W}ind")
    assert indent.get(f"{W}firstLineChars") == "200"
    document = opened(LETTER)
    used = [paragraph.style.style_id for paragraph in document.paragraphs]
    assert [code for code in used if code.startswith("Level")] == ["Level1", "Level2", "Level3", "Level4"]
    run_in = next(p for p in document.paragraphs if p.style.style_id == "Level2")
    faces = [run._r.rPr.rFonts.get(f"{W}eastAsia") for run in run_in.runs]
    assert faces == ["楷体_GB2312", "仿宋_GB2312"]


def test_page_numbers_are_fields_right_on_odd_left_on_even_pages() -> None:
    document = opened(LETTER)
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "— 1 —"
        assert [field.text.strip() for field in paragraph._p.iter(f"{W}instrText")] == ["PAGE"]
        assert paragraph._p.pPr.jc.get(f"{W}val") == side
        assert paragraph.style.font.size.pt == 14


def test_every_section_has_page_numbers() -> None:
    for section in opened(LETTER).sections:
        assert "PAGE" in section.footer._element.xml
        assert "PAGE" in section.even_page_footer._element.xml


def test_table_heads_repeat_and_rows_do_not_break() -> None:
    table = opened(LEDGER).tables[0]
    rows = [row._tr.trPr for row in table.rows]
    assert rows[0].find(f"{W}tblHeader") is not None
    assert all(row.find(f"{W}cantSplit") is not None for row in rows)
    assert all(row.find(f"{W}tblHeader") is None for row in rows[1:])
    assert len(rows) == 61


def test_a_row_higher_than_half_a_page_may_break() -> None:
    table = opened(Letter(title="表", blocks=[Table(["一", "二"], [["短", "长" * 4000], ["短", "短"]])])).tables[0]
    splits = [row._tr.trPr.find(f"{W}cantSplit") is not None for row in table.rows]
    assert splits == [True, False, True]


def test_equal_neighbours_are_merged_in_short_runs() -> None:
    table = opened(LEDGER).tables[0]
    merged = [cell.get(f"{W}val") or "on" for cell in table._tbl.iter(f"{W}vMerge")]
    assert merged[:5] == ["restart", "on", "on", "on", "on"]
    assert max(len(run) for run in "".join("r" if m == "restart" else "." for m in merged).split("r")) <= 8


def test_red_head_rule_and_imprint() -> None:
    xml = part(LETTER, "word/document.xml")
    assert 'w:color="FF0000"' in xml
    assert "抄送：市教育局。" in xml
    assert "2018年1月6日印发" in xml
    organ = next(s for s in opened(LETTER).styles if s.style_id == "Organ")
    assert str(organ.font.color.rgb) == "FF0000"
    assert 'w:tblpYSpec="bottom"' in xml


def test_signature_stands_before_the_attachments() -> None:
    codes = [p.style.style_id for p in opened(LETTER).paragraphs]
    assert codes.index("DateLine") < codes.index("AnnexLabel")
    assert codes.index("Attachments") < codes.index("Signer")


def test_form_boxes_fill_the_width_and_leave_room_to_write() -> None:
    table = opened(FORM).tables[0]
    for row in table.rows:
        width = sum(int(cell.get(f"{W}w")) for cell in row._tr.iter(f"{W}tcW"))
        assert abs(width - 8844) < 12
    heights = [int(height.get(f"{W}val")) for height in table._tbl.iter(f"{W}trHeight")]
    assert heights[1] == 1701


def test_a_draft_says_so_on_every_page_and_an_issued_paper_does_not() -> None:
    draft = opened(LAYOUTS["draft"]).sections[0]
    assert "草稿" in draft.header.paragraphs[0].text
    assert "草稿" in draft.even_page_header.paragraphs[0].text
    assert "草稿" not in opened(FORM).sections[0].header.paragraphs[0].text


def test_words_of_a_user_stay_words() -> None:
    letter = Letter(
        title=HOSTILE, addressee=HOSTILE, signer=HOSTILE, attachments=[HOSTILE],
        blocks=[Para(HOSTILE), Heading(1, HOSTILE), Table([HOSTILE], [[HOSTILE]]), Form([[(HOSTILE, HOSTILE)]])],
    )  # fmt: skip
    document = opened(letter)
    whole = "".join(t.text or "" for t in document.element.body.iter(f"{W}t"))
    for words in ('#eval("1+1")', "</w:t></w:r><w:p/>", "{{ 7*7 }}", "]]>", "<标签>"):
        assert whole.count(words) >= 6, words
    assert not set(whole) & set("\x00\x07\x1b\u202e\ud800\ufffe")


def test_a_name_of_rare_characters_is_kept() -> None:
    assert "𠮷野家㛃" in opened(replace(FORM, organ="𠮷野家㛃"))._element.xml
