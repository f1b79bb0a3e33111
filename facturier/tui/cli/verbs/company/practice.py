"""facturier practice: the demo company, with sample books and a Google simulator. No email leaves the machine."""

import argparse

from facturier.mail.google.endpoints import google_endpoints
from facturier.mail.open_workspace import Companies
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE
from facturier.tui.terminal.program_name import command
from facturier.tui.terminal.streams import need_terminal


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--serve", action="store_true", help=_("only run the simulator, and show how to use it from other commands")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    if not options.serve:
        need_terminal()
    companies = Companies(shell.locations, google_endpoints(shell.environment), shell.clock)
    ws = companies.open_demo(lambda done, of: _progress(shell, done, of))
    practice = ws.practice
    assert practice is not None
    if not options.serve:
        from facturier.tui.run import run_screens

        status = run_screens(ws)
        if (again := command()) != "facturier":  # a checkout: nobody knows the way by heart
            shell.tell(_("To start Facturier again: {command}").format(command=again))
        return status
    try:
        shell.say(f"export FACTURIER_GOOGLE={ws.endpoints.stand_in}")
        shell.say(f"export FACTURIER_COMPANY='{practice.path}'")
        shell.tell(_("The simulator runs until Ctrl+C. Email is saved in {folder}.").format(folder=practice.folder))
        _wait()
    finally:
        ws.close()
    return DONE


def _progress(shell: Shell, done: int, of: int) -> None:
    if shell.stderr.isatty():
        words = _("Creating the sample books (only once): invoice {done} of {of}").format(done=done, of=of)
        shell.stderr.write(f"\r{words} " if done < of else f"\r{' ' * (len(words) + 4)}\r")
        shell.stderr.flush()


def _wait() -> None:
    import signal

    signal.sigwait({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
