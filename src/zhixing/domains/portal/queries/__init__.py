"""Reads of the column: text as blocks, personal data in it, coverage of study, and what strangers see."""
