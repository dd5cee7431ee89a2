"""A bundle unpacks anywhere, says what is missing, and every file in it can be checked."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from zhixing.kernel.files import bundles
from zhixing.kernel.files.bundles import Folder, Item, box_labels, bundle, placed, safe
from zhixing.kernel.files.evidence import add_evidence, freeze_snapshot
from zhixing.kernel.files.models import StoredFile
from zhixing.kernel.files.store import path_of
from zhixing.kernel.jobs.models import Job
from zhixing.kernel.jobs.worker import run_pending
from zhixing.kernel.notices.models import Notice
from zhixing.kernel.pages.bundling import ask_bundle, sweep

pytestmark = pytest.mark.django_db


def a_docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return out.getvalue()


@pytest.fixture
def catalogue(piece, boss, clerk, now):
    snapshot = freeze_snapshot(title="名单", what="list", payload={"rows": []}, lineage={}, by=boss, at=now)
    paper = add_evidence(title="原件", shelf="3 柜", by=clerk, at=now, page_count=12)
    inner = Folder("先进事迹：/材料*?", [Item(piece)])
    return [
        Folder("诚信招生承诺活动", [Item(piece, "纪要（节选）"), Item(snapshot)], [inner], no="T01"),
        Folder("CON", [Item(paper)]),
    ]


def test_folders_are_numbered_and_hashes_fit(catalogue, tmp_path):
    told = bundle(catalogue, a_docx(), tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        names = archive.namelist()
        assert names == [
            "index.docx", "01 T01 诚信招生承诺活动/001 纪要（节选）.txt", "01 T01 诚信招生承诺活动/002 名单.json",
            "01 T01 诚信招生承诺活动/01 先进事迹： 材料/001 办公会纪要.txt", "缺失与异常.txt", "hashes.txt",
        ]  # fmt: skip
        lines = dict(reversed(line.split("  ", 1)) for line in archive.read("hashes.txt").decode().splitlines())
        assert set(lines) == set(names) - {"hashes.txt"}
        assert all(hashlib.sha256(archive.read(name)).hexdigest() == lines[name] for name in lines)
        assert "存放于3 柜" in archive.read("缺失与异常.txt").decode()
        assert archive.testzip() is None
    assert told.digest == hashlib.sha256((tmp_path / "x.zip").read_bytes()).hexdigest()
    assert list(tmp_path.iterdir()) == [tmp_path / "x.zip"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CON", "_CON"), ("com1.txt", "_com1.txt"), ("a<b>:c|d", "a b c d"), ("  . ", "未命名"), ("../../etc", "etc"),
        ("教务\u202e科\n办", "教务 科 办"), ("长" * 200, "长" * 60), ("尾点. .", "尾点"),
    ],
)  # fmt: skip
def test_names_are_safe_for_windows(name, expected):
    assert safe(name) == expected


def test_lost_and_altered_files_are_told(catalogue, piece, tmp_path):
    path_of(piece.file).write_bytes(b"other")
    assert ("01 T01 诚信招生承诺活动/001 纪要（节选）.txt", "文件内容与入库时不一致") in bundle(
        catalogue, b"", tmp_path / "a.zip"
    ).faults
    path_of(piece.file).unlink()
    assert ("01 T01 诚信招生承诺活动/001 纪要（节选）.txt", "文件已丢失") in bundle(
        catalogue, b"", tmp_path / "b.zip"
    ).faults


def test_nothing_and_too_much_are_refused_before_a_byte_is_written(catalogue, tmp_path, monkeypatch):
    with pytest.raises(ValidationError, match="还没有佐证材料"):
        bundle([Folder("空")], b"", tmp_path / "x.zip")
    monkeypatch.setattr(bundles, "MOST_BYTES", 1)
    with pytest.raises(ValidationError, match="超过一次打包的上限"):
        bundle(catalogue, b"", tmp_path / "x.zip")
    monkeypatch.setattr(bundles, "MOST_FILES", 1)
    with pytest.raises(ValidationError, match="最多打包"):
        bundle(catalogue, b"", tmp_path / "x.zip")
    assert not list(tmp_path.iterdir())


def test_a_stopped_bundle_leaves_nothing(catalogue, tmp_path):
    def stop(done, total, message):
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        bundle(catalogue, b"", tmp_path / "x.zip", say=stop)
    assert not list(tmp_path.iterdir())


def test_box_labels_count_pieces_and_pages(catalogue):
    first, second = box_labels(catalogue)
    assert (first.no, first.title, first.pieces) == (1, "T01 诚信招生承诺活动", 3)
    assert (second.pages, second.years) == (12, str(timezone.localdate().year))
    assert len(list(placed(catalogue))) == 4


def test_packed_behind_the_page_and_handed_to_the_asker(catalogue, boss, client_of, make_user, now):
    job = ask_bundle(title="迎检材料", catalogue=catalogue, index_docx=a_docx(), by=boss, at=now)
    assert run_pending() == 1
    job = Job.objects.get(pk=job.pk)
    assert (job.state, job.error) == ("done", "")
    answer = client_of(boss).get(job.result["url"])
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert "index.docx" in archive.namelist()
    assert Notice.objects.filter(user=boss, url=job.result["url"]).exists()
    assert client_of(make_user("principal")).get(job.result["url"]).status_code == 404
    kept = StoredFile.objects.get(uid=job.result["file"])
    assert sweep(kept.expires_at + timedelta(seconds=1)) == 3
    assert not path_of(kept).exists()


def test_what_the_asker_may_not_see_is_not_packed(catalogue, make_user, now):
    stranger = make_user("student")
    job = ask_bundle(title="迎检材料", catalogue=catalogue, index_docx=a_docx(), by=stranger, at=now)
    run_pending()
    job = Job.objects.get(pk=job.pk)
    assert job.state == "failed"
    assert "还没有佐证材料" in job.error
