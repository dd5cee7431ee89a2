"""Plan documents become structures: pure reading, no records. Needs no settings and no database."""
