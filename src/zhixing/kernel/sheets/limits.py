"""How much of a foreign file we are willing to take in."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds for one file; everything beyond is refused before it costs anything.

    ``file_bytes`` and ``unpacked_bytes`` are bytes on disk and after unpacking; ``rows`` and ``columns`` bound every
    cell reference of a sheet, ``table_rows`` the rows of csv and parquet; ``memory_bytes`` and ``cpu_seconds`` bind
    the child process that parses. ``ratio`` is unpacked ÷ packed, looked at only above ``ratio_from`` bytes because
    tiny parts pack absurdly well.
    """

    file_bytes: int
    unpacked_bytes: int
    rows: int
    columns: int
    table_rows: int
    memory_bytes: int
    cpu_seconds: int
    entries: int = 200
    ratio: int = 100
    ratio_from: int = 4 * MIB


# A school's sheet arriving over the web: one heading and 60,000 people.
WEB = Limits(
    file_bytes=10 * MIB,
    unpacked_bytes=256 * MIB,
    rows=60_001,
    columns=256,
    table_rows=60_001,
    memory_bytes=1024 * MIB,
    cpu_seconds=60,
)

# A whole city's sheet on somebody's own desk: as many rows as a spreadsheet can have.
COMMAND_LINE = Limits(
    file_bytes=2048 * MIB,
    unpacked_bytes=8192 * MIB,
    rows=1_048_576,
    columns=256,
    table_rows=20_000_000,
    memory_bytes=12 * 1024 * MIB,
    cpu_seconds=900,
)
