"""Measures the verification of rosters: CPU seconds, wall seconds and peak memory, and the ratios that matter.

``python bench/verify.py [--rows 1800 100000 1000000] [--rounds 3]``. Each figure comes from a fresh process; CPU is
the median of the rounds. Ratios (goals): all rules ÷ one pass touching every column (8), ÷ one query per rule (0.6),
÷ the same rules in pandas (0.5); and the whole process over a Parquet file of 2,000 rows (0.8 CPU s).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "src")]
ON = date(2026, 11, 23)


def measured(what: str, path: Path) -> dict[str, float]:
    """Run one way in a fresh process: {"work": CPU s of the work, "cpu": of the process, "wall", "mb", "found"}."""
    done = subprocess.run([sys.executable, __file__, "--child", what, str(path)], capture_output=True, text=True,
                          timeout=1200, check=False)  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def child(what: str, path: Path) -> None:
    """The inside of one measurement."""
    import resource

    started = time.time()
    prepared = WAYS[what][0]()
    before = time.process_time()
    found = WAYS[what][1](prepared, path)
    work = time.process_time() - before
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "work": work, "cpu": usage.ru_utime + usage.ru_stime, "wall": time.time() - started,
        "mb": _peak_mb(), "found": found,
    }))  # fmt: skip


def _peak_mb() -> float:
    """The peak of this process alone: ru_maxrss would be inherited from the parent."""
    status = Path("/proc/self/status")
    if not status.exists():
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024


def _roster() -> object:
    import sqlglot.dialects.duckdb  # noqa: F401 (pandas is imported before its work, too)

    from zhixing.domains.students.rosters import STUDENTS, student_codes, student_standards
    from zhixing.kernel.rosters.engines.duck import DuckEngine  # noqa: F401 (start-up isn't the work)
    from zhixing.kernel.rosters.verification import verify

    codes = student_codes()
    codes.lookups["region_contradicts"]("湖北省", "襄阳市", "樊城区")
    codes.lookups["major_unknown"]("护理", "2021")
    return verify, STUDENTS, codes, student_standards()


def _all_rules(prepared: tuple, path: Path) -> int:
    verify, students, codes, standards = prepared
    return len(verify([path], rosters=[students], on=ON, codes=codes, standards=standards).findings)


def _query_per_rule(prepared: tuple, path: Path) -> int:
    """The same SQL, planned and run for one rule at a time."""
    from dataclasses import replace

    verify, students, codes, standards = prepared
    found = 0
    for rule in students.rules:
        alone = replace(students, rules=(rule,))
        found += len(verify([path], rosters=[alone], on=ON, codes=codes, standards=standards).findings)
    return found


def _nothing() -> None:
    import duckdb  # noqa: F401


def _one_pass(_: None, path: Path) -> int:
    import duckdb

    connection = duckdb.connect()
    columns = [row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]
    touched = ", ".join(f'max(hash("{column}"))' for column in columns)
    connection.execute(f"SELECT {touched} FROM read_parquet(?)", [str(path)]).fetchall()
    return 0


def _pandas() -> object:
    from bench.verify_pandas import faults

    _roster()
    return faults


def _same_in_pandas(faults: object, path: Path) -> int:
    return len(faults(path, ON))  # type: ignore[operator]


WAYS = {
    "all rules": (_roster, _all_rules),
    "one pass": (_nothing, _one_pass),
    "a query per rule": (_roster, _query_per_rule),
    "pandas": (_pandas, _same_in_pandas),
}
GOALS = {"one pass": 8.0, "a query per rule": 0.6, "pandas": 0.5}


def compare(rows: int, path: Path, rounds: int) -> None:
    """One size, every way, in turn, so that a busy machine troubles all alike."""
    taken: dict[str, list[dict[str, float]]] = {what: [] for what in WAYS}
    for _ in range(rounds):
        for what in WAYS:
            taken[what].append(measured(what, path))
    print(f"\n{rows:,} rows ({rounds} rounds, medians)")
    print(f"  {'way':18} {'work CPU s':>10} {'process CPU s':>14} {'wall s':>8} {'peak MB':>8} {'findings':>9}")
    middle = {
        what: {name: statistics.median(one[name] for one in runs) for name in runs[0]} for what, runs in taken.items()
    }
    for what, one in middle.items():
        print(f"  {what:18} {one['work']:10.3f} {one['cpu']:14.3f} {one['wall']:8.2f} {one['mb']:8.0f}"
              f" {one['found']:9.0f}")  # fmt: skip
    for what, goal in GOALS.items():
        ratio = middle["all rules"]["work"] / middle[what]["work"]
        print(f"  all rules ÷ {what}: {ratio:.2f} (goal ≤ {goal}) {'ok' if ratio <= goal else 'MISSED'}")


def whole_process(path: Path, rounds: int) -> None:
    """Start to finish over a Parquet file of 2,000 rows."""
    source = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from zhixing.kernel.rosters import verify\n"
        "from zhixing.domains.students.rosters import STUDENTS, student_codes, student_standards\n"
        "verify([Path(sys.argv[1])], rosters=[STUDENTS], on=date(2026, 11, 23), codes=student_codes(),"
        " standards=student_standards())\n"
        "import resource; used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime)"
    )
    figures = []
    for _ in range(rounds):
        done = subprocess.run([sys.executable, "-c", source, str(path)], capture_output=True, text=True, check=True,
                              env={"PYTHONPATH": str(HERE.parent / "src"), "PATH": "/usr/bin:/bin"})  # fmt: skip
        figures.append(float(done.stdout))
    figure = statistics.median(figures)
    print(f"\nverify() of 2,000 rows of Parquet, whole process: {figure:.2f} CPU s (goal ≤ 0.8) "
          f"{'ok' if figure <= 0.8 else 'MISSED'}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1800, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child[0], Path(options.child[1]))
        return
    from bench.gen_roster import write

    with tempfile.TemporaryDirectory(prefix="zhixing-bench-") as folder:
        small = Path(folder) / "2000.parquet"
        write(2000, small)
        whole_process(small, max(options.rounds, 3))
        for rows in options.rows:
            path = Path(folder) / f"{rows}.parquet"
            write(rows, path)
            compare(rows, path, options.rounds)


if __name__ == "__main__":
    main()
