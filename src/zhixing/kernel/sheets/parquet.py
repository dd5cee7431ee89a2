"""Parquet files as tables of text. Runs in the child process only."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .batches import BatchWriter
from .cells import EXACT_BELOW, blank_to_null, number_text
from .refusal import DAMAGED, SheetRefused

_ROWS_AT_A_TIME = 131_072


def read_parquet(source: Path, out: Path, *, rows: int, columns: int) -> BatchWriter:
    """Write the table of ``source`` to ``out``. Row 1 is its headings, its first record is row 2, as in a sheet.

    Raises SheetRefused for damaged files, nested columns, too many rows or columns.
    """
    try:
        file = pq.ParquetFile(source)
        width, length = len(file.schema_arrow), file.metadata.num_rows
        if length >= rows or width > columns:
            raise SheetRefused(
                "", f"表格有 {length} 行、{width} 列，超过 {rows} 行或 {columns} 列", "请分成几个文件再试"
            )
        _check_flat(file.schema_arrow)
        batches = BatchWriter(out, width)
        headings = [pa.array([name], pa.string()) for name in file.schema_arrow.names]
        batches.write_columns(pa.array([1], pa.int32()), headings)
        done = 1
        for batch in file.iter_batches(batch_size=_ROWS_AT_A_TIME):
            numbers = pa.array(range(done + 1, done + batch.num_rows + 1), pa.int32())
            batches.write_columns(numbers, [_text(batch, at, done + 1, batches) for at in range(width)])
            done += batch.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise SheetRefused("", DAMAGED, "请重新导出或重新下载") from error
    batches.close()
    return batches


def _check_flat(schema: pa.Schema) -> None:
    for field in schema:
        if pa.types.is_nested(field.type) or pa.types.is_null(field.type) is None:
            raise SheetRefused("", f"“{field.name}”列里不是单个的值", "请把这一列展开成普通的列再试")


def _text(batch: pa.RecordBatch, at: int, first_row: int, batches: BatchWriter) -> pa.Array:
    """One column as text, numbers that have lost digits noted."""
    column = batch.column(at)
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_floating(kind):
        values = column.to_pylist()
        lossy = [each for each, value in enumerate(values) if value is not None and abs(value) >= EXACT_BELOW]
        batches.lossy.extend((first_row + each, at) for each in lossy)
        texts = [None if value is None or value != value else number_text(value) for value in values]
        return pa.array(texts, pa.string())
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return pc.strftime(column, format="%Y%m%d")
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "TRUE", "FALSE")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        column = column.cast(pa.binary()).cast(pa.string())
    return blank_to_null(column.cast(pa.string()))
