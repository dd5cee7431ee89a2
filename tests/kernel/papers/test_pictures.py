"""Pictures of the store stand in Word, PDF and on the screen; one that is gone is said to be."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from zhixing.kernel.files.store import path_of, store
from zhixing.kernel.pages.papers_pages import shown
from zhixing.kernel.pages.rendering import render_text
from zhixing.kernel.papers import Letter, Picture, to_docx, to_pdf
from zhixing.kernel.papers.frozen import letter_of, plain
from zhixing.kernel.papers.pictures import WIDEST


@pytest.fixture
def photo(school: Any, make_user: Any) -> Any:
    out = BytesIO()
    Image.effect_noise((4000, 3000), 60).convert("RGB").resize((4000, 3000)).save(out, "JPEG", quality=60)
    out.seek(0)
    return store(out, name="现场.jpg", purpose="photo", on=None, by=make_user())


def test_a_photograph_stands_in_every_form(photo: Any) -> None:
    letter = letter_of(plain(Letter(title="典型案例", blocks=[Picture(photo, "实训现场")])))
    with zipfile.ZipFile(BytesIO(to_docx(letter))) as archive:
        media = [name for name in archive.namelist() if name.startswith("word/media/")]
        image = Image.open(BytesIO(archive.read(media[0])))
    assert max(image.size) == WIDEST
    start = time.process_time()
    pdf = to_pdf(letter)
    assert time.process_time() - start < 5
    assert b"/Subtype/Image" in pdf.replace(b" ", b"")
    html = render_text(None, "papers/_screen.html", {"sheet": shown(letter)})
    assert 'src="data:image/jpeg;base64,' in html
    assert 'alt="实训现场"' in html


def test_a_picture_that_is_gone_is_told(photo: Any) -> None:
    letter = Letter(title="典型案例", blocks=[Picture(photo, "实训现场")])
    path_of(photo).unlink()
    assert to_pdf(letter).startswith(b"%PDF")
    with zipfile.ZipFile(BytesIO(to_docx(letter))) as archive:
        assert "图片缺失" in archive.read("word/document.xml").decode()
    assert "图片缺失" in render_text(None, "papers/_screen.html", {"sheet": shown(letter)})
