"""The demonstration school's plan, its points, its stages and cases."""

from .story import furnish, plan_text

__all__ = ["furnish", "plan_text"]
