"""facturier people: who may send for the company, and who asked to."""

import argparse

from facturier.mail.vault.identity import fingerprint
from facturier.mail.vault.members import accept_vault, membership_of, start_new_vault
from facturier.models.company.user import full_name
from facturier.models.text.i18n import _
from facturier.tui.cli.shell import Shell
from facturier.tui.terminal.exit_status import DONE


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("as JSON"))
    vault = parser.add_mutually_exclusive_group()
    vault.add_argument(
        "--accept-vault", action="store_true", help=_("confirm that a restored or replaced vault is correct")
    )
    vault.add_argument(
        "--new-vault", action="store_true", help=_("create a new vault in place of one that nobody here can open")
    )


def run(options: argparse.Namespace, shell: Shell) -> int:
    ws = shell.workspace(looking=True)
    if options.accept_vault:
        accept_vault(ws)
    if options.new_vault:
        start_new_vault(ws)
    people = membership_of(ws)
    rows = [(member.name, member.fingerprint, "sends", "") for member in people.members]
    rows += [
        (request.name, fingerprint(request.recipient), "asks", request.asked.isoformat(timespec="seconds"))
        for request in people.access_requests
    ]
    if options.json:
        shell.say_json(
            {
                "you": people.me,
                "may_send": people.blocker is None,
                "people": [
                    {"login": name, "fingerprint": print_, "role": role, "asked": asked or None}
                    for name, print_, role, asked in rows
                ],
            }
        )
        return DONE
    words = {"sends": _("member"), "asks": _("requested access")}
    for name, print_, role, _asked in rows:
        you = "  " + _("you") if print_ == people.me else ""
        shell.say(f"{print_}  {words[role]:14}  {full_name(name)}{you}")
    if people.blocker is not None:
        shell.tell(str(people.blocker))
    return DONE
