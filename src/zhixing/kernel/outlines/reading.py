"""A document of any kind we understand becomes lines."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from zhixing.kernel.sheets.limits import MIB, WEB
from zhixing.kernel.sheets.refusal import SheetRefused

from .limits import DOCUMENT, LINES
from .lines import Doubt, Line, Source
from .refusal import DAMAGED, SAVE_AGAIN, DocumentRefused
from .text_reading import read_bytes

_SHEETS = frozenset({".xlsx", ".csv", ".tsv"})
_TEXTS = frozenset({".txt", ".text"})
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OCR = "如果是扫描件，请先做文字识别（OCR）；有原稿的，请用 Word/WPS 另存为“Word 文档（*.docx）”，或复制文字粘贴进来"
_BY_HEAD = (
    (b"%PDF", "这是 PDF 文件，里面没有可靠的段落和编号", _OCR),
    (b"{\\rtf", "这是 RTF 文档", SAVE_AGAIN),
    (b"\x89PNG", "这是图片", _OCR),
    (b"\xff\xd8\xff", "这是图片", _OCR),
    (b"GIF8", "这是图片", _OCR),
    (b"Rar!", "这是压缩包", "请先解压，再选择里面的文档"),
    (b"7z\xbc\xaf", "这是压缩包", "请先解压，再选择里面的文档"),
    (b"<!DOCTYPE", "这是网页文件", "请在浏览器里打开，复制文字粘贴进来"),
    (b"<html", "这是网页文件", "请在浏览器里打开，复制文字粘贴进来"),
    (b"MIME-Version", "这是网页存档（.mht）", "请在浏览器里打开，复制文字粘贴进来"),
)
_BY_EXTENSION = {
    ".doc": "这是旧版 Word（.doc）文档",
    ".wps": "这是 WPS 专用格式（.wps）",
    ".odt": "这是 OpenDocument 文档（.odt）",
    ".ofd": "这是 OFD 版式文件",
    ".xls": "这是旧版 Excel（.xls）文件",
    ".et": "这是 WPS 表格专用格式（.et）",
}
_UNDERSTOOD = "请提供 *.docx、*.txt、*.xlsx 或 *.csv 文件，或直接粘贴文字"


def read_document(given: str | Path | bytes, *, name: str = "", headings: Collection[str] = ()) -> Source:
    """The lines of a document: .docx, .txt (UTF-8, UTF-16, GB18030) or a table in .xlsx or .csv.

    ``given`` is a path, or the bytes of a file whose ``name`` then tells its kind; ``headings`` help to find the
    heading row of a table. Raises DocumentRefused with reason and remedy in Chinese, never anything worse.
    """
    if isinstance(given, bytes):
        with _kept(given, name or "文件") as path:
            return _read(path, name or path.name, headings)
    return _read(Path(given), name or Path(given).name, headings)


@contextlib.contextmanager
def _kept(data: bytes, name: str) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="zhixing-") as folder:
        path = Path(folder) / f"document{Path(name).suffix.lower()}"
        path.write_bytes(data)
        yield path


def _read(path: Path, name: str, headings: Collection[str]) -> Source:
    try:
        head = _head_of(path, name)
        extension = Path(name).suffix.lower() or path.suffix.lower()
        if head.startswith(_COMPOUND):
            raise _compound_refusal(path, name)
        if extension in _SHEETS:
            return _read_sheet(path, name, headings)
        _turn_away(head, name)
        if head.startswith(b"PK"):
            if extension not in (".docx", ".docm", ".dotx"):
                why = f"扩展名是 {extension or '空的'}，内容却是 Word 文档或压缩包"
                raise DocumentRefused(name, why, "如果是 Word 文档，请把扩展名改回 .docx 再试")
            from .word.reading import read_docx  # slow import

            return read_docx(path, name)
        if extension in (".docx", ".docm", ".dotx"):
            raise DocumentRefused(name, DAMAGED, SAVE_AGAIN)
        if extension in _BY_EXTENSION:
            raise DocumentRefused(name, _BY_EXTENSION[extension], SAVE_AGAIN)
        if extension not in _TEXTS and extension:
            raise DocumentRefused(name, f"不认识的文件类型“{extension}”", _UNDERSTOOD)
        return read_bytes(path.read_bytes(), name)
    except DocumentRefused:
        raise
    except SheetRefused as refused:
        raise DocumentRefused(name, refused.why, refused.remedy) from refused
    except OSError as error:
        raise DocumentRefused(name, "打不开这个文件", "请检查文件是否存在、是否有权限读取") from error


def _head_of(path: Path, name: str) -> bytes:
    if not path.exists():
        raise DocumentRefused(name, "没有这个文件", "请检查文件名和所在的文件夹")
    if not path.is_file():
        raise DocumentRefused(name, "这不是一个文件", _UNDERSTOOD)
    size = path.stat().st_size
    if size == 0:
        raise DocumentRefused(name, "文件是空的（0 字节）", "请重新导出或重新下载")
    if size > DOCUMENT.file_bytes:
        why = f"文件有 {size / MIB:.1f} MiB，超过 {DOCUMENT.file_bytes // MIB} MiB"
        raise DocumentRefused(name, why, "请删去图片等附件，只留下文字和表格，另存后再试")
    with path.open("rb") as file:
        return file.read(4096)


def _turn_away(head: bytes, name: str) -> None:
    bare = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64]
    for start, why, remedy in _BY_HEAD:
        if bare[: len(start)].lower() == start.lower():
            raise DocumentRefused(name, why, remedy)


def _compound_refusal(path: Path, name: str) -> DocumentRefused:
    data = path.read_bytes()[: 4 * MIB]
    if "EncryptedPackage".encode("utf-16-le") in data:
        return DocumentRefused(name, "文件有密码", "请在 Word/WPS 中打开文件并去掉密码，另存后再试")
    if "Workbook".encode("utf-16-le") in data:
        remedy = "请用 Excel/WPS 打开后另存为“Excel 工作簿（*.xlsx）”再试"
        return DocumentRefused(name, _BY_EXTENSION[".xls"], remedy)
    return DocumentRefused(name, "这是旧版 Word（.doc）或 WPS（.wps）文档", SAVE_AGAIN)


def _read_sheet(path: Path, name: str, headings: Collection[str]) -> Source:
    """The sheets of a workbook as tables: what stands above the headings as paragraphs, then headings, then rows."""
    from zhixing.kernel.sheets.reading import read_tables  # slow import

    lines: list[Line] = []
    warnings: list[Doubt] = []
    for number, table in enumerate(read_tables(path, limits=WEB, known_headings=headings, name=name), start=1):
        for cells in table.above:
            text = " ".join(dict.fromkeys(cells))
            lines.append(Line(no=len(lines) + 1, text=text, kind="paragraph" if text.strip() else "blank"))
        lines.append(_row(len(lines) + 1, tuple(table.headings), number))
        columns = [table.data[f"c{at}"].to_pylist() for at in range(len(table.headings))]
        if len(lines) + table.data.num_rows > LINES:
            raise DocumentRefused(name, f"表格超过 {LINES} 行，不像一份方案", "请只留下任务表再试")
        for cells in zip(*columns, strict=True):
            lines.append(_row(len(lines) + 1, tuple((cell or "").strip() for cell in cells), number))
        warnings += (Doubt(line=0, text=table.sheet, why=note) for note in table.notes)
    return Source(name=name, lines=tuple(lines), warnings=tuple(warnings))


def _row(number: int, cells: tuple[str, ...], table: int) -> Line:
    text = " | ".join(cell.replace("\n", " ") for cell in cells if cell)
    return Line(no=number, text=text, kind="row" if text else "blank", cells=cells, table=table)
