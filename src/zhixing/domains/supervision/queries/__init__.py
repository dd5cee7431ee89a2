"""Reads over several models: clocks, circulars, what a report and a meeting are told by the system."""
