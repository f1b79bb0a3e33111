"""The program: screens for people, verbs for scripts and servers."""

import gc
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from facturier.mail.locations import Locations, locations
from facturier.models.company.recent import spoilt_list
from facturier.models.company.user import read_preferences, spoilt_preferences
from facturier.models.errors import FacturierError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _, language_of, name_command, speak
from facturier.models.text.paths import is_file, typed_path
from facturier.tui.cli.commands import VERBS, Verb, module_name
from facturier.tui.cli.shell import Shell
from facturier.tui.errors.faults import as_problem, log_to
from facturier.tui.terminal.exit_status import DONE, REFUSED, WRONG_USAGE
from facturier.tui.terminal.program_name import command, one_slip
from facturier.tui.terminal.signals import ignore_signals, status_of
from facturier.tui.terminal.streams import NoTerminal, let_go, make_sound, need_terminal, no_core_dumps

if TYPE_CHECKING:
    from facturier.mail.workspace import Workspace


def run() -> None:
    """The entry point of the installed program."""
    gc.disable()  # until the first screen is there: nothing on the way is garbage, and looking for it takes a tenth
    try:
        status = main(sys.argv[1:])
    except KeyboardInterrupt:
        ignore_signals()
        status = status_of(signal.SIGINT)
    except SystemExit as end:  # argparse's
        status = end.code if isinstance(end.code, int) else WRONG_USAGE
    lost, _also = let_go(sys.stdout), let_go(sys.stderr)
    if lost is not None and not isinstance(lost, BrokenPipeError):
        status = status or REFUSED
    sys.exit(status)


def main(arguments: Sequence[str]) -> int:
    """Run the program; its exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    os.umask(
        0o077
    )  # whatever is made here is this person's own; a shared company's file is opened to its group by name
    make_sound()
    no_core_dumps()
    here = locations(os.environ)
    try:
        speak(read_preferences(here.data).language or language_of())
        name_command(command())
        log_to(here.log)
        return _screens(arguments, here) if not set(arguments) & set(VERBS) else _verb(arguments, here)
    except Exception as error:  # noqa: BLE001 - logged there
        return Shell(here).fail(as_problem(error))


def _screens(arguments: Sequence[str], here: Locations) -> int:
    named = _named(arguments)
    shell = Shell(here, _company(named))
    if named is not None and _is_no_path(named):
        shell.tell(f"facturier: {_neither(named)}")
        return WRONG_USAGE
    try:
        need_terminal()
        ws = shell.workspace(screens=True) if shell.knows_company() else _welcome(shell)
    except NoTerminal as error:
        shell.fail(error)
        return WRONG_USAGE
    except FacturierError as error:
        return shell.fail(error)
    if isinstance(ws, int):
        return ws
    from facturier.tui.run import run_screens

    return run_screens(ws)


def _welcome(shell: Shell) -> "Workspace | int":
    """Without a company, the person chooses how to begin. The exit status if they quit."""
    from facturier.mail.google.endpoints import google_endpoints
    from facturier.mail.open_workspace import Companies
    from facturier.tui.window.welcome_app import WelcomeApp

    app = WelcomeApp(Companies(shell.locations, google_endpoints(shell.environment), shell.clock))
    app.run()
    return app.chosen or app.return_code or DONE


def _named(arguments: Sequence[str]) -> str | None:
    """The company that the person names."""
    if len(arguments) <= 1 and not any(argument.startswith("-") for argument in arguments):
        return arguments[0] if arguments else None  # without argparse, which takes as long as reading the first page
    import argparse

    from facturier.tui.cli.arguments import Parser, add_version

    parser = Parser(
        prog=command(),
        usage=f"{command()} [COMPANY] | {command()} VERB …",
        description=_("Create invoices, and send them from the company’s own Gmail address."),
        epilog="\n".join([_("commands:"), *(f"  {name:12}{_(verb.summary)}" for name, verb in VERBS.items())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "path", metavar="COMPANY", nargs="?", help=_("the company file; by default the one opened last")
    )
    parser.add_argument("--company", metavar="PATH", help=_("another way to name the company file"))
    add_version(parser)
    options = parser.parse_args(arguments)
    named: str | None = options.path or options.company
    return named


def _is_no_path(named: str) -> bool:
    """Whether it is a bare word, and no file: a verb was meant rather than a company file."""
    path = typed_path(named)
    return os.sep not in named and not path.suffix and not is_file(path)


def _neither(named: str) -> str:
    near = next((verb for verb in VERBS if named.casefold() == verb or one_slip(named.casefold(), verb)), None)
    todo = _("Did you mean “facturier {verb}”?").format(verb=near) if near else _("See: facturier --help")
    what = _("“{name}” is neither a command nor a company file.").format(name=clean(named))
    return f"{what} {todo}"


def _spoken_of(arguments: Sequence[str]) -> Mapping[str, Verb]:
    """The verbs that a parser needs for these arguments, because making all of them takes longer than a list. All of
    them if the parser may have to name them."""
    skipped = 2 if arguments[0] == "--company" else int(arguments[0].startswith("--company="))
    if "completion" in arguments or not set(arguments[skipped : skipped + 1]) & set(VERBS):
        return VERBS
    return {name: verb for name, verb in VERBS.items() if name in arguments}


def _verb(arguments: Sequence[str], here: Locations) -> int:
    import argparse

    from facturier.mail.scratch import remove_stale
    from facturier.tui.cli.arguments import Parser, add_version

    complete = "completion" in arguments  # its script covers every verb, under the name that a shell knows
    parser = Parser(prog="facturier" if complete else command(), description=_("Facturier from the command line."))
    parser.add_argument("--company", metavar="PATH", help=_("the company file; by default the one opened last"))
    add_version(parser)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    modules = {}
    for name, verb in _spoken_of(arguments).items():
        sub = verbs.add_parser(name, help=_(verb.summary), description=_(verb.summary))
        if complete or name in arguments:  # only what is used is loaded: a script waits for every import
            modules[name] = importlib.import_module(module_name(name))
            modules[name].add(sub)
            sub.add_argument("--company", metavar="PATH", default=argparse.SUPPRESS, help=_("the company file"))
    parser.set_defaults(parser=parser)
    options = parser.parse_args(arguments)
    gc.freeze()
    gc.enable()
    shell = Shell(here, _company(options.company))
    remove_stale()
    for sentence in (spoilt_preferences(here.data), spoilt_list(here.data)):
        if sentence:
            shell.tell(sentence)
    try:
        status = int(modules[options.verb].run(options, shell))
    except NoTerminal as error:
        shell.fail(error)
        return WRONG_USAGE
    except FacturierError as error:
        return shell.fail(error)
    except Exception as error:  # noqa: BLE001 - logged there
        return shell.fail(as_problem(error))
    finally:
        shell.tell_damage()
    return REFUSED if shell.lost and VERBS[options.verb].only_prints else status


def _company(named: str | None) -> Path | None:
    # one machine: a company is named by the path of its file.
    path = named or os.environ.get("FACTURIER_COMPANY")
    return typed_path(path) if path else None
