"""The verbs of rectification."""

from .facts import plan_rectification
from .handing import Sorted, due_after, hand_over, report_measure, sort_by_keeper
from .ledger import carry_forward, enter_in_ledger
from .lookback import look_back, plan_look_back

__all__ = [
    "Sorted", "carry_forward", "due_after", "enter_in_ledger", "hand_over", "look_back", "plan_look_back",
    "plan_rectification", "report_measure", "sort_by_keeper",
]  # fmt: skip
