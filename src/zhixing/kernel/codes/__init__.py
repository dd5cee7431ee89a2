"""National code tables and other lists of lawful values, their other spellings, and the regions of China.

Data come from files: the general ones lie in ``data/`` here, a domain hands in its own.
"""
