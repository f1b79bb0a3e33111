"""Compile facturier/locale/*.po to the .mo files that the program reads."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from hatch_build import compile_catalogues

compile_catalogues(Path(__file__).parent.parent)
