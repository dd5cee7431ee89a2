"""What may be wrong with a row of the student roster, in the order in which a registrar reads it.

A basis that is only remembered says 依据待核. No rule judges a cell that another rule has found broken.
"""

from __future__ import annotations

from zhixing.kernel.rosters.declarations import Rule

from .rules_identity import IDENTITY_RULES
from .rules_people import PEOPLE_RULES
from .rules_study import STUDY_RULES

RULES: tuple[Rule, ...] = (*IDENTITY_RULES, *PEOPLE_RULES, *STUDY_RULES)
