"""The student rules' trees, read ahead of time, are those that SQLGlot reads today; a stale file is passed over."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from zhixing.domains.students.rosters import STUDENTS
from zhixing.kernel.rosters import reading_ahead, subset
from zhixing.kernel.rosters.expressions import NULL
from zhixing.kernel.rosters.subset import Scope


@pytest.fixture(autouse=True)
def nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subset, "_read", {})
    reading_ahead.read_ahead.cache_clear()


def test_the_file_is_up_to_date(tmp_path: Path) -> None:
    anew = tmp_path / "anew.json"
    subprocess.run([sys.executable, "-m", "zhixing.domains.students.rosters", str(anew)], check=True, timeout=120)
    assert STUDENTS.ahead is not None
    assert anew.read_text() == STUDENTS.ahead.read_text(), "run: python -m zhixing.domains.students.rosters"


def test_every_tree_is_what_sqlglot_reads() -> None:
    assert STUDENTS.ahead is not None
    assert reading_ahead.read_ahead(STUDENTS.ahead) > 100
    for (source, scope, wanted), node in subset.remembered().items():
        assert subset._parse(source, scope, wanted) == node, source


def test_a_file_by_other_code_is_passed_over(tmp_path: Path) -> None:
    assert STUDENTS.ahead is not None
    content = json.loads(STUDENTS.ahead.read_text())
    content["fingerprint"] = "0" * 64
    stale = tmp_path / "stale.json"
    stale.write_text(json.dumps(content))
    assert reading_ahead.read_ahead(stale) == 0
    assert reading_ahead.read_ahead(tmp_path / "missing.json") == 0
    assert subset.remembered() == {}


def test_another_scope_is_read_anew() -> None:
    known = Scope(columns=frozenset({"sex"}))
    subset.remember(("sex is null", known, "truth"), NULL)
    assert subset.parse("sex is null", known) == NULL
    assert subset.parse("sex is null", Scope(columns=frozenset({"sex", "name"}))) != NULL
