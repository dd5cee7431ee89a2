"""Written documents become lines, numbered headings and trees. Needs no settings and no database."""
