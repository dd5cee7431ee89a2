"""Word files: numbers as printed, tables as seen, nothing passed over in silence."""

from __future__ import annotations

from io import BytesIO

import pytest
from docx import Document
from docx.shared import Pt

from tests.kernel.outlines.word_files import (
    W,
    document,
    level,
    listed,
    numbering,
    paragraph,
    styles,
    word_file,
)
from zhixing.kernel.outlines.lines import Source
from zhixing.kernel.outlines.outline import outline
from zhixing.kernel.outlines.reading import read_document


def read(data: bytes) -> Source:
    return read_document(data, name="文件.docx")


def texts(source: Source) -> list[str]:
    return [line.text for line in source.lines if line.kind != "blank"]


FORMS = [
    ("chineseCountingThousand", "%1、", ["一、甲", "二、甲", "三、甲"]),
    ("chineseCounting", "（%1）", ["（一）甲", "（二）甲", "（三）甲"]),
    ("japaneseCounting", "第%1章", ["第一章 甲", "第二章 甲", "第三章 甲"]),
    ("ideographDigital", "%1.", ["一.甲", "二.甲", "三.甲"]),
    ("decimal", "%1.", ["1.甲", "2.甲", "3.甲"]),
    ("decimalZero", "%1 ", ["01 甲", "02 甲", "03 甲"]),
    ("decimalFullWidth", "%1、", ["１、甲", "２、甲", "３、甲"]),
    ("decimalEnclosedCircle", "%1", ["① 甲", "② 甲", "③ 甲"]),
    ("upperRoman", "%1、", ["I、甲", "II、甲", "III、甲"]),
    ("lowerLetter", "%1)", ["a)甲", "b)甲", "c)甲"]),
    ("chineseLegalSimplified", "%1、", ["壹、甲", "贰、甲", "叁、甲"]),
    ("ideographTraditional", "%1、", ["甲、甲", "乙、甲", "丙、甲"]),
    ("bullet", "\uf0b7", ["● 甲", "● 甲", "● 甲"]),
    ("none", "", ["甲", "甲", "甲"]),
    ("neverHeardOf", "%1.", ["1.甲", "2.甲", "3.甲"]),
]


@pytest.mark.parametrize(("form", "text", "expected"), FORMS, ids=[each[0] for each in FORMS])
def test_automatic_numbers_are_read_as_printed(form, text, expected):
    source = read(word_file(listed("甲") * 3, numbering=numbering(level(0, form, text))))
    assert texts(source) == expected
    assert [line.automatic for line in source.lines] == [len(each) - 1 for each in expected]


def test_levels_restart_under_their_parent_and_quote_it():
    body = "".join(
        [
            listed("章"),
            listed("节", level=1),
            listed("节", level=1),
            listed("章"),
            listed("节", level=1),
            listed("项", level=2),
        ]
    )
    levels = (level(0, "chineseCounting", "第%1章"), level(1, "decimal", "%1.%2"), level(2, "decimal", "%1.%2.%3"))
    told = ["第一章 章", "一.1 节", "一.2 节", "第二章 章", "二.1 节", "二.1.1 项"]
    assert texts(read(word_file(body, numbering=numbering(*levels)))) == told
    legal = (levels[0], level(1, "decimal", "%1.%2", more="<w:isLgl/>"), levels[2])
    assert texts(read(word_file(body, numbering=numbering(*legal))))[1] == "1.1 节"


def test_a_level_that_never_restarts_counts_on():
    levels = (level(0, "decimal", "(%1)"), level(1, "decimal", "%2.", more='<w:lvlRestart w:val="0"/>'))
    body = "".join([listed("甲"), listed("子", level=1), listed("丑", level=1), listed("乙"), listed("寅", level=1)])
    assert texts(read(word_file(body, numbering=numbering(*levels)))) == ["(1)甲", "1.子", "2.丑", "(2)乙", "3.寅"]


def test_a_second_list_over_the_same_numbers_starts_anew_only_if_told():
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num>"
    )
    body = "".join(
        [listed("甲"), listed("乙"), listed("丙", list_id=2), listed("丁", list_id=3), listed("戊", list_id=3)]
    )
    source = read(word_file(body, numbering=numbering(level(0, "decimal", "%1."), nums=nums)))
    assert texts(source) == ["1.甲", "2.乙", "3.丙", "1.丁", "2.戊"]


def test_numbers_tied_to_styles_and_taken_away_again():
    style = (
        '<w:style w:type="paragraph" w:styleId="Task"><w:name w:val="heading 2"/><w:pPr><w:numPr><w:numId w:val="1"/>'
        '</w:numPr></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Sub"><w:name w:val="Sub"/>'
        '<w:basedOn w:val="Task"/></w:style>'
    )
    body = (
        paragraph("甲", '<w:pStyle w:val="Task"/>')
        + paragraph("无号", '<w:pStyle w:val="Task"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + paragraph("乙", '<w:pStyle w:val="Sub"/>')
    )
    source = read(word_file(body, styles=styles(style), numbering=numbering(level(0, "chineseCounting", "%1、"))))
    assert texts(source) == ["一、甲", "无号", "二、乙"]
    assert [line.look.heading for line in source.lines] == [2, 2, 2]


def test_a_style_tied_to_a_deeper_level_is_numbered_there():
    style = (
        '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="T"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        "</w:pPr></w:style>"
    )
    levels = (level(0, "chineseCounting", "%1、"), level(1, "decimal", "%2.", more='<w:pStyle w:val="T"/>'))
    body = listed("章") + paragraph("项", '<w:pStyle w:val="T"/>')
    source = read(word_file(body, styles=styles(style), numbering=numbering(*levels)))
    assert texts(source) == ["一、章", "1.项"]


def test_styles_in_a_ring_and_lists_out_of_nowhere_do_no_harm():
    ring = (
        '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    body = paragraph("甲", '<w:pStyle w:val="A"/>') + listed("乙", list_id=77) + listed("丙", list_id=1, level=12)
    source = read(word_file(body, styles=styles(ring), numbering=numbering(level(0, "decimal", "%1."))))
    assert texts(source) == ["甲", "乙", "丙"]


def test_headings_by_style_make_a_tree_without_any_number():
    made = Document()
    for depth, text in [
        (1, "主要任务"),
        (2, "治理"),
        (0, "自查。"),
        (3, "招生"),
        (2, "建设"),
        (1, "保障"),
        (0, "落实。"),
    ]:
        made.add_heading(text, depth) if depth else made.add_paragraph(text)
    stream = BytesIO()
    made.save(stream)
    tree = outline(read(stream.getvalue()).lines)
    told = [(node.depth, node.title.text, node.body.text) for node in tree.walk()]
    assert told == [(0, "主要任务", ""), (1, "治理", "自查。"), (2, "招生", ""), (1, "建设", ""), (0, "保障", "落实。")]


def test_look_of_letters_and_where_bold_ends():
    made = Document()
    line = made.add_paragraph()
    line.add_run("1.诚信招生").bold = True
    run = line.add_run("规范招生简章。")
    run.font.size = Pt(16)
    made.add_paragraph().add_run("全部粗体").bold = True
    stream = BytesIO()
    made.save(stream)
    source = read(stream.getvalue())
    assert source.lines[0].look.bold_until == 6
    assert source.lines[1].look.bold
    node = outline(source.lines[:1]).nodes[0]
    assert (node.title.text, node.body.text) == ("诚信招生", "规范招生简章。")


def test_merged_cells_stand_in_each_row_and_column():
    made = Document()
    table = made.add_table(rows=3, cols=3)
    for row, cells in zip(table.rows, [("任务", "任务", "部门"), ("甲", "子", "丙"), ("", "丑", "丁")], strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(0, 0).merge(table.cell(0, 1)).text = "任务"
    stream = BytesIO()
    made.save(stream)
    rows = [line.cells for line in read(stream.getvalue()).lines if line.kind == "row"]
    assert rows == [("任务", "任务", "部门"), ("甲", "子", "丙"), ("甲", "丑", "丁")]


def test_paragraphs_and_tables_come_in_their_order_with_running_line_numbers():
    cell = f"<w:tc>{paragraph('一行')}{paragraph('二行')}</w:tc>"
    body = paragraph("前") + f"<w:tbl><w:tr>{cell}<w:tc>{paragraph('右')}</w:tc></w:tr></w:tbl>" + paragraph("后")
    source = read(word_file(body))
    assert [(line.no, line.kind, line.text) for line in source.lines] == [
        (1, "paragraph", "前"),
        (2, "row", "一行 二行 | 右"),
        (3, "paragraph", "后"),
    ]
    assert source.lines[1].cells == ("一行\n二行", "右")


WHAT_IS_PASSED_OVER = [
    ('<w:p><w:r><w:t>正文</w:t><w:footnoteReference w:id="1"/></w:r></w:p>', "脚注"),
    ("<w:p><w:r><w:t>正文</w:t></w:r><w:del><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>", "修订"),
    ("<w:p><w:r><w:t>正文</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏着</w:t></w:r></w:p>", "隐藏文字"),
    (
        "<w:p><w:r><w:t>正文</w:t><w:pict><w:txbxContent><w:p><w:r><w:t>框里</w:t></w:r></w:p></w:txbxContent></w:pict>"
        "</w:r></w:p>",
        "文本框",
    ),
    ("<w:p><w:r><w:t>正文</w:t><w:drawing/></w:r></w:p>", "图片"),
]


@pytest.mark.parametrize(("body", "why"), WHAT_IS_PASSED_OVER, ids=[each[1] for each in WHAT_IS_PASSED_OVER])
def test_what_is_passed_over_is_told(body, why):
    source = read(word_file(body))
    assert texts(source) == ["正文"]
    assert [each.line for each in source.warnings] == [1]
    assert why in source.warnings[0].why


def test_insertions_links_fields_and_controls_are_read_through():
    body = (
        "<w:sdt><w:sdtContent><w:p><w:ins><w:r><w:t>甲</w:t></w:r></w:ins><w:hyperlink><w:r><w:t>乙</w:t></w:r></w:hyperlink>"
        "<w:r><w:tab/><w:t>丙</w:t><w:br/><w:t>丁</w:t><w:noBreakHyphen/><w:softHyphen/></w:r></w:p></w:sdtContent></w:sdt>"
    )  # fmt: skip
    assert texts(read(word_file(body))) == ["甲乙\t丙\n丁-"]


def test_strict_documents_are_read_too():
    strict = document(paragraph("正文")).replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    assert texts(read(word_file(parts={"word/document.xml": strict}))) == ["正文"]
