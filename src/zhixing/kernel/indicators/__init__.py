"""What is counted: one declaration gives the number, its breakdown and the rows behind it."""

from .declare import Count, Indicator, Ratio, indicator, indicators

__all__ = ["Count", "Indicator", "Ratio", "indicator", "indicators"]
