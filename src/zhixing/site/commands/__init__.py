"""One module per subcommand of `zhixing`: HELP, add_arguments(parser), run(options) -> exit code.

A module that works on the database says NEEDS_DJANGO = True; the others must not import Django.
"""
