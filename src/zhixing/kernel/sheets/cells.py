"""From a reader's Python values to Arrow columns of text, a column at a time. Runs in the child process only."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# A spreadsheet keeps 15 digits of a number; what stood behind them is gone.
EXACT_BELOW = 1e15


def text_column(values: Sequence[Any]) -> tuple[pa.Array, list[int]]:
    """The values as text (null where blank) and the positions of numbers that have lost digits."""
    kinds = set(map(type, values))
    if kinds <= {str, type(None)}:
        return blank_to_null(pa.array(values, pa.string())), []
    lossy: list[int] = []
    if int in kinds or float in kinds:
        lossy = [at for at, value in enumerate(values) if type(value) in (int, float) and is_lossy(value)]
    texts = [value if value.__class__ is str else text_of(value) for value in values]
    return blank_to_null(pa.array(texts, pa.string())), lossy


def is_lossy(number: float) -> bool:
    """Whether a number is an id or account of more digits than a spreadsheet can hold."""
    return abs(number) >= EXACT_BELOW


def text_of(value: Any) -> str | None:
    """One value as the user would have typed it: 7.0 → 7, a date → 20090101, true → TRUE."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float | int):
        return number_text(value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y%m%d" if value.time() == datetime.time() else "%Y%m%d %H:%M:%S")
    if isinstance(value, datetime.date):
        return value.strftime("%Y%m%d")
    return str(value)


def number_text(number: float) -> str:
    """A number without .0, exponent or the rounding noise behind the fifteenth digit."""
    if number == int(number) if abs(number) < EXACT_BELOW else False:
        return str(int(number))
    text = repr(number) if is_lossy(number) else format(number, ".15g")
    return format(Decimal(text), "f").removesuffix(".0") if "e" in text or is_lossy(number) else text


def blank_to_null(column: pa.Array) -> pa.Array:
    """The column with empty and white-space-only cells as null; the same array where there are none."""
    blank = pc.or_(pc.equal(column, ""), pc.utf8_is_space(column))
    if not pc.any(blank).as_py():
        return column
    return pc.if_else(blank, pa.scalar(None, pa.string()), column)
