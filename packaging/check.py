"""Sets up as ``start.py`` does, with the developers' tools, and runs every check: ``python3 packaging/check.py``.

Any Python 3 can read this file, so that one which is too old is told so.
"""

import sys
from pathlib import Path

from supported_python import go_on_with_a_supported_python

if __name__ == "__main__":
    go_on_with_a_supported_python(str(Path(__file__).resolve()))

    from run_checks import main

    sys.exit(main(sys.argv[1:]))
