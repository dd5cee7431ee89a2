"""Rules that judge records of this system: a queryset in, the offenders out."""

from .declare import Check, check, checks
from .severity import Severity

__all__ = ["Check", "Severity", "check", "checks"]
