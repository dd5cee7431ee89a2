"""Parts of a backup, each alone: the sealed stream, the rotation, the digests."""

from __future__ import annotations

import io
import os
import uuid
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from zhixing.site.backups import BackupFailed
from zhixing.site.backups.digests import digest_table
from zhixing.site.backups.envelope import (
    CHUNK,
    OpeningReader,
    SealingWriter,
    make_key_pair,
    read_private_key,
    read_public_key,
)
from zhixing.site.backups.rotation import superfluous


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_sealed_stream_opens_to_the_same_bytes(size: int, tmp_path: Path) -> None:
    make_key_pair(tmp_path / "k", tmp_path / "k.pub")
    data = os.urandom(size)
    with (tmp_path / "out").open("wb") as out:
        sealing = SealingWriter(out, read_public_key(tmp_path / "k.pub"))
        for start in range(0, size, 300_001):
            sealing.write(data[start : start + 300_001])
        sealing.close()
    with (tmp_path / "out").open("rb") as source:
        assert io.BufferedReader(OpeningReader(source, read_private_key(tmp_path / "k"))).read() == data


def test_chunks_cannot_be_dropped_or_swapped(tmp_path: Path) -> None:
    make_key_pair(tmp_path / "k", tmp_path / "k.pub")
    with (tmp_path / "out").open("wb") as out:
        sealing = SealingWriter(out, read_public_key(tmp_path / "k.pub"))
        sealing.write(os.urandom(3 * CHUNK))
        sealing.close()
    data = (tmp_path / "out").read_bytes()
    head, step = len(data) - 3 * (CHUNK + 16), CHUNK + 16
    chunks = [data[head + one * step : head + (one + 1) * step] for one in range(3)]
    for order in ([0, 1], [0, 2], [1, 0, 2], [0, 1, 1]):
        altered = io.BytesIO(data[:head] + b"".join(chunks[one] for one in order))
        with pytest.raises(BackupFailed):
            io.BufferedReader(OpeningReader(altered, read_private_key(tmp_path / "k"))).read()


def test_rotation_keeps_seven_days_four_weeks_twelve_months(tmp_path: Path) -> None:
    last = datetime(2026, 11, 23, 2, 0)
    made = [tmp_path / f"zhixing-{last - timedelta(hours=12 * one):%Y%m%d-%H%M%S}.zxb" for one in range(2 * 500)]
    other = tmp_path / "notes.txt"
    for path in [*made, other]:
        path.touch()
    while gone := superfluous(tmp_path.iterdir()):
        for path in gone:
            path.unlink()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert other.name in left
    assert made[0].name in left
    days = {name[8:16] for name in left if name.startswith("zhixing-")}
    for day in range(7):
        assert f"{last - timedelta(days=day):%Y%m%d}" in days
    assert len({name[8:14] for name in left if name.startswith("zhixing-")}) == 12
    assert 7 + 11 <= len(left) - 1 <= 7 + 4 + 12


def test_digests_are_the_same_for_both_engines_spellings_and_any_order() -> None:
    columns = [
        ("id", "int"),
        ("at", "moment"),
        ("uid", "uuid"),
        ("yes", "bool"),
        ("sum", "decimal:2"),
        ("more", "json"),
    ]
    as_sqlite = [
        (1, "2026-11-23 10:00:00.500000", "ab" * 16, 1, 150.5, '{"b": 1, "a": "甲"}'),
        (2, "2026-11-23 10:00:00", "cd" * 16, 0, None, "[]"),
    ]
    east = timezone(timedelta(hours=8))
    as_postgres = [
        (2, datetime(2026, 11, 23, 18, tzinfo=east), uuid.UUID("cd" * 16), False, None, "[]"),
        (
            1,
            datetime(2026, 11, 23, 10, 0, 0, 500000, UTC),
            uuid.UUID("ab" * 16),
            True,
            Decimal("150.50"),
            '{"a": "甲", "b": 1}',
        ),
    ]

    class Rows:
        def __init__(self, rows: list[tuple[object, ...]]) -> None:
            self.rows = rows

        def execute(self, statement: str) -> None:
            assert statement.startswith("SELECT")

        def fetchmany(self, size: int) -> list[tuple[object, ...]]:
            rows, self.rows = self.rows, []
            return rows

    first = digest_table(Rows(as_sqlite), "t", columns)
    assert first == digest_table(Rows(as_postgres), "t", columns)
    assert first.rows == 2
    altered = [as_sqlite[0], (*as_sqlite[1][:3], 1, *as_sqlite[1][4:])]
    assert first != digest_table(Rows(altered), "t", columns)
    with pytest.raises(BackupFailed):
        digest_table(Rows([]), 't"; DROP TABLE x; --', columns)
