"""Pack evidence for those who come to look: one zip, folders numbered, an index, and the hash of every file."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError

from .models import Evidence
from .store import path_of

CHUNK = 1 << 20
MOST_FILES = 5000
MOST_BYTES = 2 * 1024**3
SEGMENT = 60
"""Characters of one folder or file name: Windows gives 260 for the whole path, wherever it is unpacked."""
RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
PACKED = ("image/", "application/pdf", "application/vnd.openxmlformats", "application/zip")
INDEX, HASHES, FAULTS = "index.docx", "hashes.txt", "缺失与异常.txt"

Say = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Item:
    """One piece in a folder; ``title`` and ``note`` say what it is here (blank: as it is registered)."""

    evidence: Evidence
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Folder:
    """A heading of the catalogue with its pieces and the headings under it; ``no`` is its number as people write it."""

    title: str
    items: Sequence[Item] = ()
    folders: Sequence[Folder] = ()
    no: str = ""


@dataclass
class Bundled:
    """What was packed: files, their bytes, pieces that could not be packed (title, why), digest of the zip."""

    file_count: int = 0
    byte_count: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)
    digest: str = ""


@dataclass(frozen=True)
class Placed:
    """One piece with its place in the zip."""

    path: str
    item: Item


def placed(catalogue: Iterable[Folder], above: str = "") -> Iterator[Placed]:
    """Every piece with its numbered path, in the order of the catalogue."""
    for number, folder in enumerate(catalogue, 1):
        here = f"{above}{number:02d} {safe(f'{folder.no} {folder.title}'.strip())}/"
        for place, item in enumerate(folder.items, 1):
            yield Placed(f"{here}{place:03d} {safe(item.title or item.evidence.title)}{suffix(item.evidence)}", item)
        yield from placed(folder.folders, here)


def safe(name: str) -> str:
    """A name that Windows, macOS and Linux all unpack: no forbidden characters, no reserved word, not too long."""
    kept = "".join(" " if unicodedata.category(c).startswith("C") else c for c in unicodedata.normalize("NFC", name))
    kept = re.sub(r'[<>:"/\\|?*\s]+', " ", kept).strip(" .")[:SEGMENT].strip(" .")
    return f"_{kept}" if RESERVED.match(kept) else kept or "未命名"


def suffix(evidence: Evidence) -> str:
    """The ending of the file's name; .json for a snapshot without a document."""
    if evidence.file is None:
        return ".json" if evidence.frozen is not None else ""
    found = re.search(r"\.[A-Za-z0-9]{1,6}$", evidence.file.name)
    return found.group().lower() if found else ""


def bundle(catalogue: Sequence[Folder], index_docx: bytes, to: Path, *, say: Say | None = None) -> Bundled:
    """Write the zip to ``to``: index.docx, numbered folders, hashes.txt (``sha256sum -c`` reads it).

    A paper original is in the index only; a file that is gone or altered is listed in 缺失与异常.txt, never left out
    in silence. Raises ValidationError before writing anything when there is nothing to pack or too much.
    """
    places = list(placed(catalogue))
    total = _fits(places, to)
    told, done = Bundled(), 0
    partial = to.with_name(f"{to.name}.part")
    hashes: list[str] = []
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            hashes.append(_write(archive, INDEX, iter([index_docx]), packed=True))
            for number, place in enumerate(places, 1):
                if say is not None:
                    say(number, len(places), place.item.evidence.title[:60])
                done += _pack(archive, place, hashes, told)
            if told.faults:
                lines = "".join(f"{title}：{why}\r\n" for title, why in told.faults)
                hashes.append(_write(archive, FAULTS, iter([lines.encode()]), packed=False))
            archive.writestr(_info(HASHES, packed=False), "".join(f"{line}\n" for line in hashes))
        told.file_count, told.byte_count = len(hashes), min(done, total) + len(index_docx)
        told.digest = _digest(partial)
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)
    return told


def _fits(places: list[Placed], to: Path) -> int:
    """The bytes to pack; ValidationError for none or too many."""
    if not places:
        raise ValidationError("目录里还没有佐证材料，无法打包。请先在各事项下添加材料。")
    if len(places) > MOST_FILES:
        raise ValidationError(f"一次最多打包 {MOST_FILES} 份材料，现有 {len(places)} 份。请分任务打包。")
    total = sum(place.item.evidence.file.size for place in places if place.item.evidence.file is not None)
    if total > MOST_BYTES:
        raise ValidationError(f"材料共 {total / 1024**3:.1f} GB，超过一次打包的上限 2 GB。请分任务打包。")
    if shutil.disk_usage(to.parent).free < total * 2 + CHUNK:
        raise ValidationError("服务器磁盘空间不足，暂时不能打包。请联系系统管理员清理后再试。")
    return total


def _pack(archive: zipfile.ZipFile, place: Placed, hashes: list[str], told: Bundled) -> int:
    """One piece into the zip; returns its bytes."""
    evidence = place.item.evidence
    if evidence.file is None:
        if evidence.frozen is None:
            told.faults.append((place.path, f"纸质原件，存放于{evidence.shelf or '（未登记）'}"))
            return 0
        text = json.dumps(evidence.frozen, ensure_ascii=False, indent=1).encode()
        hashes.append(_write(archive, place.path, iter([text]), packed=False))
        return len(text)
    path = path_of(evidence.file)
    if not path.exists():
        told.faults.append((place.path, "文件已丢失"))
        return 0
    packed = evidence.file.media_type.startswith(PACKED)
    line = _write(archive, place.path, _pieces(path), packed=packed)
    hashes.append(line)
    if line.split(" ", 1)[0] != evidence.file.digest:
        told.faults.append((place.path, "文件内容与入库时不一致"))
    return int(evidence.file.size)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece


def _info(name: str, *, packed: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _write(archive: zipfile.ZipFile, name: str, pieces: Iterator[bytes], *, packed: bool) -> str:
    """Write one member piece by piece; returns its line for hashes.txt."""
    digest = hashlib.sha256()
    with archive.open(_info(name, packed=packed), "w", force_zip64=True) as member:
        for piece in pieces:
            digest.update(piece)
            member.write(piece)
    return f"{digest.hexdigest()}  {name}"


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    for piece in _pieces(path):
        found.update(piece)
    return found.hexdigest()


@dataclass(frozen=True)
class BoxLabel:
    """What stands on the back of a document box: its number, heading, how many pieces and pages, the years."""

    no: int
    title: str
    pieces: int
    pages: int
    years: str


def box_labels(catalogue: Iterable[Folder]) -> list[BoxLabel]:
    """One box per heading of the catalogue, numbered in its order; pages only as far as they are registered."""
    found = []
    for number, folder in enumerate(catalogue, 1):
        pieces = [place.item.evidence for place in placed([folder])]
        years = sorted({piece.formed_on.year for piece in pieces})
        span = "" if not years else str(years[0]) if len(years) == 1 else f"{years[0]}—{years[-1]}"
        title = f"{folder.no} {folder.title}".strip()
        found.append(BoxLabel(number, title, len(pieces), sum(piece.page_count or 0 for piece in pieces), span))
    return found
