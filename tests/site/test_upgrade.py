"""A database of an earlier version is brought to this one with its rows, and every guard stands afterwards."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
EARLIER = ("checks", "rectification", "indicators", "files")
"""Apps whose first migration is what schools of the first version have."""


def run(folder: Path, *words: str) -> str:
    wanted = {"ZHIXING_VAR": str(folder), "PYTHONPATH": SOURCE, "DJANGO_SETTINGS_MODULE": "zhixing.site.settings"}
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = subprocess.run([sys.executable, "-m", *words], env={**kept, **wanted}, capture_output=True, text=True,
                          timeout=110, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def guards(file: Path) -> set[str]:
    with sqlite3.connect(file) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}


def created_at_once(folder: Path) -> Path:
    folder.mkdir()
    run(folder, "zhixing", "migrate")
    run(folder, "django", "makemigrations", "--check", "--dry-run", "--skip-checks")
    run(folder, "django", "migrate", "--check", "--skip-checks")
    return next(folder.glob("*.sqlite3"))


def shape(file: Path) -> set[tuple[str, ...]]:
    """Every column with its kind, every index and trigger by name."""
    with sqlite3.connect(file) as connection:
        named = connection.execute("SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        things = set(named.fetchall())
        for table in [name for kind, name, _ in things if kind == "table"]:
            columns = connection.execute(f'PRAGMA table_info("{table}")')
            things |= {(table, column, kind, str(must)) for _, column, kind, must, _, _ in columns}
    return things


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_database_of_the_first_version_is_upgraded_in_place(tmp_path):
    for label in EARLIER:
        run(tmp_path, "django", "migrate", label, "0001", "--skip-checks", "-v0")
    file = next(tmp_path.glob("*.sqlite3"))
    before = guards(file)
    assert "wall_ins_rectification_measure" in before
    run(tmp_path, "zhixing", "migrate")
    assert shape(file) == shape(created_at_once(tmp_path / "new")), "the short way ends in the same tables"
    after = guards(file)
    assert before <= after
    with sqlite3.connect(file) as connection:
        assert "source" in {row[1] for row in connection.execute("PRAGMA table_info(checks_finding)")}
