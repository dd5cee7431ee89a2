"""What can't be read is turned away in plain words; what would harm never gets far."""

from __future__ import annotations

import random
import re
import time
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from tests.kernel.outlines.word_files import document, level, listed, numbering, paragraph, word_file
from zhixing.kernel.outlines.limits import LINES, PART_BYTES, TEXT_BYTES
from zhixing.kernel.outlines.outline import outline
from zhixing.kernel.outlines.reading import read_document
from zhixing.kernel.outlines.refusal import DocumentRefused
from zhixing.kernel.outlines.text_reading import read_text

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def refusal(data: bytes, name: str) -> DocumentRefused:
    with pytest.raises(DocumentRefused) as caught:
        read_document(data, name=name)
    refused = caught.value
    assert refused.what == name
    assert str(refused).startswith(f"“{name}”不能读取：")
    assert refused.remedy
    return refused


REFUSED = [
    (b"%PDF-1.7 ...", "方案.pdf", "PDF", "OCR"),
    (b"%PDF-1.7 ...", "方案.txt", "PDF", "OCR"),
    (COMPOUND, "方案.doc", ".doc", "另存为"),
    (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "方案.docx", "密码", "去掉密码"),
    (COMPOUND + "Workbook".encode("utf-16-le"), "任务.xls", ".xls", "xlsx"),
    (b"", "方案.docx", "空的", "重新"),
    (b"   \n\n\t", "方案.txt", "没有文字", "扫描件"),
    (b"\xff\xd8\xff\xe0aa", "方案.jpg", "图片", "OCR"),
    (b"{\\rtf1", "方案.doc", "RTF", "另存为"),
    (b"<!DOCTYPE html><html>", "方案.txt", "网页", "粘贴"),
    (b"<HTML><body>", "方案.doc", "网页", "粘贴"),
    (b"hello", "方案.docx", "损坏", "重新下载"),
    (b"hello", "方案.exe", "不认识", "docx"),
    (b"hello", "方案.odt", "OpenDocument", "另存为"),
    (b"\x00\x01\x02\x03", "方案.txt", "编码", "UTF-8"),
    (b"\xff\xff\xfe\x80\x81", "方案.txt", "编码", "UTF-8"),
    (b"a" * (TEXT_BYTES + 1), "方案.txt", "超过", "只留下"),
    (word_file(paragraph("正文")), "方案.txt", "扩展名", "改回"),
    (word_file(paragraph("")), "方案.docx", "没有文字", "选对"),
    (word_file("<w:p><w:r><w:drawing/></w:r></w:p>"), "方案.docx", "扫描件", "OCR"),
    (b"\n" * (LINES + 5) + b"a", "方案.txt", "行", "只留下"),
]


@pytest.mark.parametrize(("data", "name", "why", "remedy"), REFUSED, ids=[f"{e[1]}-{e[2]}" for e in REFUSED])
def test_each_is_told_why_and_how_to_mend(data, name, why, remedy):
    refused = refusal(data, name)
    assert why in refused.why
    assert remedy in refused.remedy


def test_files_that_are_not_there_or_are_folders(tmp_path):
    for path in (tmp_path / "没有.docx", tmp_path):
        with pytest.raises(DocumentRefused):
            read_document(path)


def zipped(**parts: bytes) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def test_other_archives_are_named():
    book = BytesIO()
    openpyxl.Workbook().save(book)
    assert "Excel" in refusal(book.getvalue(), "方案.docx").why
    assert "压缩包" in refusal(zipped(a_txt=b"x"), "方案.docx").why
    assert "OpenDocument" in refusal(zipped(content_xml=b"<x/>"), "方案.docx").why


ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "哈"><!ENTITY m "&l;&l;&l;&l;">]>'
    + document(paragraph("&m;")).replace("&amp;", "&")
)  # fmt: skip


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "word/numbering.xml", "_rels/.rels"])
def test_entities_are_refused_wherever_they_stand(part):
    refused = refusal(word_file(paragraph("正文"), parts={part: ENTITY}), "方案.docx")
    assert "DTD" in refused.why


def test_bombs_are_refused_before_they_are_unpacked():
    huge = document(paragraph("正文")) + " " * PART_BYTES
    started = time.process_time()
    assert refusal(word_file(parts={"word/document.xml": huge}), "方案.docx").why
    assert refusal(word_file(paragraph("甲"), parts={"word/media/a.png": bytes(300 << 20)}), "方案.docx").why
    assert time.process_time() - started < 8  # most of it goes into making them


def test_parts_that_are_never_read_may_lie_there():
    data = word_file(paragraph("正文"), parts={"word/embeddings/a.xlsx": b"PK", "word/vbaProject.bin": b"x"})
    assert [line.text for line in read_document(data, name="方案.docx").lines] == ["正文"]


def test_deep_nesting_and_long_chains_cost_little():
    deep = "<w:sdt><w:sdtContent>" * 20_000 + paragraph("深处") + "</w:sdtContent></w:sdt>" * 20_000
    started = time.process_time()
    assert read_document(word_file(deep), name="方案.docx").lines[0].text == "深处"
    nested = "<w:tbl><w:tr><w:tc>" * 3_000 + paragraph("内") + "</w:tc></w:tr></w:tbl>" * 3_000
    assert read_document(word_file(nested), name="方案.docx").lines[0].text
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "（" * 50_000,
        "1." * 40_000,
        "一" * 90_000,
        "，" * 90_000,
        "2.1" * 30_000,
        "(" * 40_000 + ")" * 40_000,
        "《" * 90_000,
        "1.\n" * 30_000,
        "一是" * 40_000,
        " " * 90_000 + "x",
        "●" * 20_000 + "\n●a" * 20_000,
        "第" * 90_000,
        "a.b" * 30_000,
    ],
    ids=range(13),
)
def test_hostile_text_costs_little(text):
    started = time.process_time()
    outline(read_text(text).lines)
    assert time.process_time() - started < 3


HONEST = word_file(
    paragraph("某校实施方案") + listed("指导思想") + paragraph("正文。") * 20 + listed("任务", level=1) * 3
    + f"<w:tbl><w:tr><w:tc>{paragraph('任务')}</w:tc><w:tc>{paragraph('责任部门')}</w:tc></w:tr></w:tbl>",
    numbering=numbering(level(0, "chineseCounting", "%1、"), level(1, "decimal", "%2.")),
)  # fmt: skip


def damaged(seed: int) -> tuple[bytes, str]:
    """A document with something broken, always the same for a seed."""
    rnd = random.Random(seed)
    kind = seed % 5
    if kind == 0:  # bytes of the container
        data = bytearray(HONEST)
        for _ in range(rnd.randint(1, 12)):
            data[rnd.randrange(len(data))] = rnd.randrange(256)
        return bytes(data), "方案.docx"
    if kind == 1:  # cut off
        return HONEST[: rnd.randrange(len(HONEST))], "方案.docx"
    if kind == 2:  # the XML of a part
        part = rnd.choice(["word/document.xml", "word/numbering.xml", "_rels/.rels", "word/_rels/document.xml.rels"])
        with zipfile.ZipFile(BytesIO(HONEST)) as archive:
            xml = bytearray(archive.read(part))
        for _ in range(rnd.randint(1, 4)):
            if rnd.random() < 0.8:  # a value no honest program writes
                value = rnd.choice([b"-1", b"999999999", b"99999999999999", b"", b"x", b"%9%9", "一".encode(), b"0x7"])
                hits = list(re.finditer(rb'"[^"]*"', xml))
                hit = rnd.choice(hits)
                xml[hit.start() + 1 : hit.end() - 1] = value
            else:
                at = rnd.randrange(len(xml))
                xml[at : at + rnd.randint(0, 9)] = rnd.choice([b"", b"<", b"&", b"\xff", b"</w:p>"])
        return word_file(parts={part: bytes(xml)}, numbering=numbering(level(0, "decimal", "%1."))), "方案.docx"
    text = list("一、指导思想\n（一）任务。正文\n1.要点：内容\n(2018年1月-2月)\n" * rnd.randint(1, 20))
    for _ in range(rnd.randint(1, 30)):
        text[rnd.randrange(len(text))] = rnd.choice("（）()一1.、。：\t|—\u200b\u2028①第年月“”《\x0b\U0001f600")
    data = bytearray("".join(text).encode("gb18030" if kind == 3 else "utf-8"))
    if rnd.random() < 0.2:
        data[rnd.randrange(len(data))] = rnd.randrange(256)
    return bytes(data), "方案.txt"


def test_five_hundred_damaged_files_are_read_or_refused_in_no_time():
    refused = 0
    for seed in range(500):
        data, name = damaged(seed)
        started = time.process_time()
        try:
            outline(read_document(data, name=name).lines)
        except DocumentRefused as reason:
            refused += bool(reason.why and reason.remedy)
        assert time.process_time() - started < 1, seed
    assert 150 < refused < 350


def test_three_hundred_pages_take_seconds(tmp_path: Path):
    from docx import Document

    made = Document()
    rnd = random.Random(7)
    words = "学校管理制度建设教学实习安全培训落实检查完善开展组织加强提升规范公开"
    for chapter in range(300):
        made.add_heading(f"第{chapter + 1}章 管理", 1)
        for item in range(1, 18):
            sentence = "".join(rnd.choice(words) for _ in range(36))
            made.add_paragraph(f"{item}.{sentence[:8]}。{sentence}")
    path = tmp_path / "long.docx"
    made.save(path)
    started = time.process_time()
    tree = outline(read_document(path).lines)
    assert len(list(tree.walk())) == 300 * 18
    assert time.process_time() - started < 5
