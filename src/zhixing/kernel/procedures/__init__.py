"""The stages a record passes, and on whose word."""

from .declare import Procedure, Step, StepRefused, procedures

__all__ = ["Procedure", "Step", "StepRefused", "procedures"]
