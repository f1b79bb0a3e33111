"""facturier practice: sample books and a stand-in for Google; nothing leaves the machine."""

import argparse
import threading

from facturier.mail.open_workspace import open_workspace
from facturier.mail.practice.company import Practice
from facturier.mail.practice.messages import make_messages
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.exit_status import DONE
from facturier.tui.terminal.streams import need_terminal


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--serve", action="store_true", help=_("only run the simulator, and show how to use it from other commands")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    if not options.serve:
        need_terminal()
    practice = Practice(shell.locations.practice)
    store = practice.open(shell.clock(), lambda done, of: _progress(shell, done, of))
    endpoints = practice.start()
    try:
        if options.serve:
            make_messages(store, threading.Event(), lambda done, of: _progress(shell, done, of))
            shell.say(f"export FACTURIER_GOOGLE={endpoints.stand_in}")
            shell.say(f"export FACTURIER_COMPANY='{practice.path}'")
            shell.tell(_("The simulator runs until Ctrl+C. Email is saved in {folder}.").format(folder=practice.folder))
            _wait()
        else:
            from facturier.tui.app import FacturierApp

            ws = open_workspace(store, shell.locations, endpoints, practice=practice)
            app = FacturierApp(ws)
            app.run()
            return app.return_code or DONE
    finally:
        practice.stop()
    return DONE


def _progress(shell: Shell, done: int, of: int) -> None:
    if shell.stderr.isatty():
        words = _("Creating the sample books (only once): invoice {done} of {of}").format(done=done, of=of)
        shell.stderr.write(f"\r{words} " if done < of else f"\r{' ' * (len(words) + 4)}\r")
        shell.stderr.flush()


def _wait() -> None:
    import signal

    signal.sigwait({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
