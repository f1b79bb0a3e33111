"""Run a verb of the command line in this process."""

import argparse
import io
from importlib import import_module
from pathlib import Path

from facturier.mail.locations import Locations
from facturier.tui.cli.commands import module_name
from facturier.tui.cli.shell import Shell
from tests.tui.support.sample import Shop


def run(shop: Shop, tmp_path: Path, verb: str, *arguments: str) -> tuple[int, str, str]:
    """Return the exit status, what was printed, and the errors."""
    said, told = io.StringIO(), io.StringIO()
    shell = Shell(Locations(tmp_path / "data", tmp_path / "log"), shop.store.path, stdout=said, stderr=told)
    module = import_module(module_name(verb))
    parser = argparse.ArgumentParser()
    module.add(parser)
    status = module.run(parser.parse_args(arguments), shell)
    return status, said.getvalue(), told.getvalue()
