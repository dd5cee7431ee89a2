"""PDFs: pages, fonts inside with a way back to text, words of users as words, and the page seen as a picture."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.kernel.papers.trial import DAY, FORM, HOSTILE, LAYOUTS, LEDGER, LETTER
from zhixing.kernel.papers import Form, Heading, Letter, Para, Signatures, Slip, Table, to_pdf
from zhixing.kernel.papers import pdf as pdf_room
from zhixing.kernel.papers.pdf import page_count, to_pdf_pages, to_pngs

AT = datetime(2018, 1, 6, 8, tzinfo=UTC)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
PAIR = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")


def inside(data: bytes) -> bytes:
    """The file with its streams unpacked."""
    found = [data]
    for match in STREAM.finditer(data):
        try:
            found.append(zlib.decompress(match.group(1)))
        except zlib.error:
            continue
    return b"\n".join(found)


def letters_of(data: bytes) -> set[str]:
    """Every character that the fonts in the file lead back to."""
    found: set[str] = set()
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", inside(data), re.DOTALL):
        found |= {c for _, text in PAIR.findall(block) for c in bytes.fromhex(text.decode()).decode("utf-16-be")}
    for low, high, text in re.findall(rb"<(\w{4})>\s*<(\w{4})>\s*<(\w+)>", inside(data)):
        start = ord(bytes.fromhex(text.decode()).decode("utf-16-be")[-1])
        found |= {chr(start + at) for at in range(int(high, 16) - int(low, 16) + 1)}
    return found


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_is_set_with_its_fonts_inside(name: str) -> None:
    data, pages = to_pdf_pages(LAYOUTS[name], AT)
    raw = inside(data)
    assert data.startswith(b"%PDF-1.7")
    assert b"pdfaid" in raw
    assert b"<pdfaid:part>2" in raw.replace(b" ", b"")
    fonts = set(re.findall(rb"/BaseFont\s*/([\w+\-]+)", raw))
    assert fonts
    assert all(re.match(rb"[A-Z]{6}\+Noto", font) for font in fonts), fonts
    assert b"/ToUnicode" in raw
    assert len(to_pngs(LAYOUTS[name], ppi=30)) == pages
    missing = {c for c in LAYOUTS[name].title if not c.isspace()} - letters_of(data)
    assert not missing


ENDLESS = "https://example.test/" + "x" * 300
WIDE = Letter(
    title=ENDLESS, addressee=ENDLESS, attachments=[ENDLESS],
    blocks=[
        Para(ENDLESS), Heading(1, ENDLESS), Heading(2, "（一）", body=ENDLESS),
        Table(["甲", ENDLESS], [[ENDLESS, 1]] * 2),
        Form([[(ENDLESS, ENDLESS), ("乙", ENDLESS)]]),
    ],
)  # fmt: skip


@pytest.mark.parametrize("name", [*LAYOUTS, "endless words"])
def test_no_page_is_empty_or_written_into_its_margins(name: str) -> None:
    for at, picture in enumerate(to_pngs(LAYOUTS.get(name, WIDE), ppi=36)):
        image = Image.open(BytesIO(picture)).convert("L")
        ink = image.point(lambda value: 255 if value < 120 else 0)
        box = ink.getbbox()
        assert box is not None, f"{name} page {at + 1} is empty"
        left, _, right, _ = (value / 36 * 25.4 for value in box)
        width = image.width / 36 * 25.4
        assert left >= 18, (name, at + 1, left)
        assert right <= width - 18, (name, at + 1, right)


def test_long_tables_go_on_with_their_head() -> None:
    data, pages = to_pdf_pages(LEDGER, AT)
    assert pages >= 3
    assert page_count(data) == pages
    assert len(data) < 400_000


def test_a_thousand_rows_are_all_set() -> None:
    rows = [[at, f"第{at}行", "说明" * 10] for at in range(1000)]
    _, pages = to_pdf_pages(
        Letter(title="大表", kind_of_layout="table", landscape=True, blocks=[Table(["序", "行", "说明"], rows)]), AT
    )
    assert pages > 30


def test_a_cell_longer_than_a_page_is_not_cut_off() -> None:
    letter = Letter(title="长", blocks=[Table(["甲", "乙"], [["短", "长" * 6000]]), Form([[("说明", "细" * 3000)]])])
    few = to_pdf_pages(Letter(title="长", blocks=[]), AT)[1]
    assert to_pdf_pages(letter, AT)[1] >= few + 8


def test_words_of_a_user_stay_words() -> None:
    letter = Letter(
        title=HOSTILE,
        addressee=HOSTILE,
        signer=HOSTILE,
        attachments=[HOSTILE, HOSTILE],
        date=DAY,
        organ=HOSTILE,
        blocks=[
            Para(HOSTILE),
            Heading(2, HOSTILE, body=HOSTILE),
            Table([HOSTILE], [[HOSTILE]], caption=HOSTILE),
            Form([[(HOSTILE, HOSTILE)]]),
            Signatures([(HOSTILE, HOSTILE)]),
            Slip(HOSTILE, [[("甲", HOSTILE)]], text=HOSTILE),
        ],
    )
    found = letters_of(to_pdf(letter, AT))
    assert set('#eval("1+1")$^*_`<>@{}\\=') - {'"'} <= found


def test_the_same_letter_at_the_same_time_is_the_same_file() -> None:
    assert to_pdf(LETTER, AT) == to_pdf(LETTER, AT)


def test_fonts_of_the_school_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    own = pdf_room._faces(["FangSong_GB2312", "FZXiaoBiaoSong-B05S", "Noto Serif SC", "Noto Sans SC"])
    assert own["body"] == ["FangSong_GB2312", "Noto Serif SC"]
    assert own["title"][0] == "FZXiaoBiaoSong-B05S"
    assert (own["title_weight"], own["kai_weight"]) == ("regular", "bold")


def test_missing_fonts_are_told_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pdf_room._press.cache_clear()
    monkeypatch.setattr(pdf_room, "FONTS", tmp_path)
    with pytest.raises(pdf_room.FontsMissing, match="make setup"):
        to_pdf(FORM)
    pdf_room._press.cache_clear()


def test_nothing_is_fetched_and_no_file_of_the_machine_is_read(monkeypatch: Any) -> None:
    """The template imports nothing, and its root is its own folder."""
    text = pdf_room.TEMPLATE.read_text("utf-8")
    assert not re.search(r"#import|#include|\bread\(|\beval\(|@preview", text)
