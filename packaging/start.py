"""Sets Plumbline up in this folder, if it is not yet, and opens it: ``python3 packaging/start.py``.

Any Python 3 can read this file, so that one which is too old is told so.
"""

import sys
from pathlib import Path

from supported_python import go_on_with_a_supported_python

if __name__ == "__main__":
    go_on_with_a_supported_python(str(Path(__file__).resolve()))

    from open_app import main

    sys.exit(main(sys.argv[1:]))
