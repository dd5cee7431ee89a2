"""What is counted: one declaration gives the number, its breakdown and the rows behind it."""

from .declare import Count, Group, Indicator, Ratio, Total, indicator, indicators

__all__ = ["Count", "Group", "Indicator", "Ratio", "Total", "indicator", "indicators"]
