"""Rules that judge records of this system: a queryset in, the offenders out."""

from typing import TYPE_CHECKING

from ..base.lazy import offered_by

if TYPE_CHECKING:
    from .declare import Check, check, checks
    from .severity import Severity

__all__ = ["Check", "Severity", "check", "checks"]
__getattr__ = offered_by(__name__, Check="declare", check="declare", checks="declare", Severity="severity")
