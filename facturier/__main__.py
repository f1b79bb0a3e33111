"""python -m facturier"""

from facturier.tui.main import run

run()
