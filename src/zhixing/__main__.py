"""`python -m zhixing` is the `zhixing` command."""

import sys

from zhixing.site.command import main

sys.exit(main())
