"""facturier adopt: say that a copy is the company from now on."""

import argparse

from facturier.mail.vault.permission import adopt, refusal
from facturier.models.company.adopting import Adopted
from facturier.models.text.i18n import _, ngettext
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(options: argparse.Namespace, shell: Shell) -> int:  # noqa: ARG001
    ws = shell.workspace(looking=True)
    if refusal(ws) is None:
        # one machine: a company is named by the path of its file.
        shell.tell(_("“{path}” is already the company.").format(path=ws.store.path))
        return DONE
    done = adopt(ws)
    shell.say(_("“{path}” is the company from now on.").format(path=ws.store.path))
    for line in outcome(done):
        shell.say(line)
    return DONE


def outcome(done: Adopted) -> list[str]:
    """What became of the outbox and of the file that was the company before."""
    found = []
    if done.stopped:
        found.append(
            ngettext(
                "{n} delivery was in its outbox and was stopped: see “facturier alerts”.",
                "{n} deliveries were in its outbox and were stopped: see “facturier alerts”.",
                done.stopped,
            ).format(n=done.stopped)
        )
    if done.retired:
        found.append(_("“{path}” is a copy now: nothing is sent from it.").format(path=done.was))
    elif done.was:
        found.append(
            _(
                "If “{path}” still exists elsewhere, stop using it: both files would use the same invoice numbers."
            ).format(path=done.was)
        )
    return found
