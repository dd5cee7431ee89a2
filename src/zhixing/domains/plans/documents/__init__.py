"""Plan documents become structures: pure reading, no records. Needs no settings and no database.

``read_plan`` and ``read_pasted`` give a ``PlanDraft`` (see draft.py), ``to_json`` its published shape,
``differences`` what changed between two versions.
"""

from typing import TYPE_CHECKING

from zhixing.kernel.base.lazy import offered_by

if TYPE_CHECKING:
    from .comparing import Change, differences
    from .draft import PlanDraft
    from .export import to_json
    from .parsing import read_pasted, read_plan

__all__ = ["Change", "PlanDraft", "differences", "read_pasted", "read_plan", "to_json"]
__getattr__ = offered_by(
    __name__, Change="comparing", differences="comparing", PlanDraft="draft", to_json="export",
    read_pasted="parsing", read_plan="parsing",
)  # fmt: skip
