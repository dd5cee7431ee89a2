"""The stages a record passes, and on whose word."""

from typing import TYPE_CHECKING

from ..base.lazy import offered_by

if TYPE_CHECKING:
    from .declare import Procedure, Step, StepRefused, procedures

__all__ = ["Procedure", "Step", "StepRefused", "procedures"]
__getattr__ = offered_by(__name__, **dict.fromkeys(__all__, "declare"))
