"""Spreadsheets in and out: guarded, read in a child process, written so that text stays text."""
