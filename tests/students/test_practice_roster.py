"""The command finds in a whole school's roster exactly what the key says, and nothing once the rows are right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.support.practice import practice_roster, write

ZHIXING = Path(sys.executable).with_name("zhixing")


def verified(path: Path, rows: Iterable[dict[str, str]], on: date) -> Any:
    """What `zhixing verify` says of a workbook with these rows."""
    told = path.with_suffix(".json")
    write(path, rows)
    command = [ZHIXING, "verify", path, "--format", "json", "--out", told, "--on", on.isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(told.read_text("utf-8"))


@pytest.mark.parametrize("on", [date(2025, 9, 1), date(2027, 3, 15)], ids=str)
def test_every_fault_of_the_key_is_found_and_no_other(tmp_path: Path, on: date) -> None:
    practice = practice_roster(on)
    lines = {row["student_no"]: line for line, row in enumerate(practice.rows, 2)}
    planted = {(rule, lines[student]) for rule, students in practice.key.items() for student in students}
    told = verified(tmp_path / "名册.xlsx", practice.rows, on)
    assert told["rows"] == 1800
    assert {(found["rule"], found["row"]) for found in told["findings"]} == planted
    assert told["by_rule"] == practice.counts
    assert verified(tmp_path / "更正.xlsx", practice.right, on)["findings"] == []
