"""Dated, sourced thresholds: what a rule asks for instead of carrying a number."""
