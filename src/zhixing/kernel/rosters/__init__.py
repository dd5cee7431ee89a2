"""Tables that travel, by column, and the rules over their rows, on DuckDB, PostgreSQL or Spark.

A rule is a declared value whose predicate is written in a small subset of SQL over named primitives; ``verify`` plans
all rules of a roster as one scan and gives a Verdict. Nothing heavy is imported before something is verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .declarations import Codes, Column, Layout, Lookup, Roster, Rule, RuleRefused
from .recognition import Recognition, recognise
from .tables import RawTable, RosterSeen, RowFinding, SeverityName, Verdict

if TYPE_CHECKING:
    from .school_rules import compile_rule
    from .verification import verify

__all__ = [
    "Codes", "Column", "Layout", "Lookup", "RawTable", "Recognition", "Roster", "RosterSeen", "RowFinding", "Rule",
    "RuleRefused", "SeverityName", "Verdict", "compile_rule", "recognise", "verify",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "verify":
        from .verification import verify  # slow import

        return verify
    if name == "compile_rule":
        from .school_rules import compile_rule  # slow import

        return compile_rule
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
