"""The project. Importing it makes the packages in ``collections/`` importable.

``collections/`` is a folder of packages, not a package: see collections/README.md.
Appended, never inserted, so that nothing in it can hide a module of Python's own.
"""

import sys
from pathlib import Path

_SOURCES = str(Path(__file__).resolve().parent.parent / "collections")
if _SOURCES not in sys.path:
    sys.path.append(_SOURCES)
