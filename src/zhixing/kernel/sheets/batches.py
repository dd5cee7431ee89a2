"""Rows gathered into Arrow batches on disk, blank rows left out. Runs in the child process only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from .cells import text_column

ROW = "_row"


class BatchWriter:
    """Writes columns c0 … cN of text and the row numbers to one Arrow file.

    ``lossy`` gathers (row number, column position) of numbers that have lost digits.
    """

    def __init__(self, path: Path, width: int) -> None:
        self.width = width
        self.rows = 0
        self.lossy: list[tuple[int, int]] = []
        fields = [pa.field(ROW, pa.int32()), *(pa.field(f"c{at}", pa.string()) for at in range(width))]
        self._schema = pa.schema(fields)
        self._writer = pa.ipc.new_file(str(path), self._schema)

    def write_rows(self, numbers: Sequence[int], rows: Sequence[Sequence[Any]], *, first_column: int = 0) -> None:
        """Add rows of reader's values; ``first_column`` is the position of each row's first value."""
        columns = list(zip_longest(*rows))
        texts = []
        for at, values in enumerate(columns, start=first_column):
            text, lossy = text_column(values)
            texts.append(text)
            self.lossy.extend((numbers[each], at) for each in lossy)
        self.write_columns(pa.array(numbers, pa.int32()), texts, first_column=first_column)

    def write_columns(self, numbers: pa.Array, columns: Sequence[pa.Array], *, first_column: int = 0) -> None:
        """Add columns of text of equal length, filled up with blanks on both sides."""
        nothing = pa.nulls(len(numbers), pa.string())
        after = self.width - first_column - len(columns)
        batch = pa.record_batch([numbers, *[nothing] * first_column, *columns, *[nothing] * after], schema=self._schema)
        filled = _filled(list(columns), len(numbers))
        if filled is not None:
            batch = batch.filter(filled)
        self.rows += batch.num_rows
        self._writer.write_batch(batch)

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()


def _filled(columns: list[pa.Array], length: int) -> pa.Array | None:
    """A mask of the rows with anything in them; None when every row has. Mostly the first column settles it."""
    mask = None
    for column in columns:
        if column.null_count == 0:
            return None
        mask = column.is_valid() if mask is None else pc.or_(mask, column.is_valid())
        if pc.all(mask).as_py():
            return None
    return mask if mask is not None else pa.array([False] * length)
