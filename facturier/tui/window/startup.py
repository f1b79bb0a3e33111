"""Work that starts after the first screen of a company: the outbox, questions to the person, backups and checks."""

import asyncio
import contextlib
import gc
from collections.abc import Callable, Coroutine
from functools import partial

from facturier.mail.errors import VaultError
from facturier.mail.scratch import remove_stale
from facturier.models.company.user import spoilt_preferences
from facturier.models.errors import CompanyCopy, StoreError
from facturier.models.store.backups.backups import keep_copy as keep_daily_copy
from facturier.models.store.backups.backups import with_way_back
from facturier.models.store.opening import CHECKED_AT_ONCE
from facturier.models.text.clean import clean
from facturier.models.text.i18n import _
from facturier.tui.screens.dialogs.problems import problems_shown, show_problem
from facturier.tui.themes.theme import NAMES, read_all_styles, unknown_theme
from facturier.tui.window.company_app import CompanyApp
from facturier.tui.window.garbage import GarbageWatch
from facturier.tui.window.unsaved import tell_kept
from facturier.tui.workers import run_in_worker

_AHEAD = 1.0  # seconds until the modules and styles of other screens are loaded
_AUTOMATIC = 2.0  # seconds until the first check for recurring invoices and reminders
_COPY = 3.0  # seconds until the daily backup is made
_CHECK = 15.0  # seconds until a large file, which was opened unchecked, is checked completely


def start_work(app: CompanyApp) -> None:
    """Start all work in workers, because a timer that waits for its own work would delay keys."""
    garbage = GarbageWatch(app)
    if not gc.isenabled():  # as in the installed program
        garbage.start()
    app.outbox_worker.start()
    run_in_worker(app, partial(_ask_about_copy, app), "copy_question")
    run_in_worker(app, partial(_ask_passphrase, app), "passphrase")
    run_in_worker(app, partial(asyncio.to_thread, remove_stale), "tidy")
    tell_kept(app)
    if spoilt := spoilt_preferences(app.ws.locations.data):
        app.notify(spoilt, severity="warning", timeout=15, markup=False)
    if unknown := unknown_theme():
        words = _("FACTURIER_THEME names an unknown theme, “{name}”. The themes are {names}.")
        app.notify(words.format(name=clean(unknown), names=", ".join(NAMES)), severity="warning", markup=False)
    _later(app, _AHEAD, partial(_load_ahead, app, garbage), "ahead")
    app.set_timer(_AUTOMATIC, partial(_watch_automatic, app))
    _later(app, _COPY, partial(keep_copy, app), "copy")
    with contextlib.suppress(OSError):  # the file was removed, which `CompanyWatch` reports
        # one machine: a company is a file, and its size decides when it is checked.
        if app.ws.store.path.stat().st_size > CHECKED_AT_ONCE:
            _later(app, _CHECK, partial(_check, app), "check")


def _later(app: CompanyApp, seconds: float, work: Callable[[], Coroutine[None, None, None]], group: str) -> None:
    """Start work in a worker after some seconds."""

    def begin() -> None:
        run_in_worker(app, work, group)

    app.set_timer(seconds, begin)


def _watch_automatic(app: CompanyApp) -> None:
    from facturier.tui.window.automatic_watch import AutomaticWatch

    AutomaticWatch(app).look()


async def _load_ahead(app: CompanyApp, garbage: GarbageWatch) -> None:
    from facturier.tui.window.load_ahead import load_ahead

    await load_ahead()
    read_all_styles(app)
    garbage.leave_out_modules()


async def keep_copy(app: CompanyApp, *, again: bool = False) -> None:
    """Make the daily backup of the company. With `again`, replace today's backup if the company has changed."""
    if app.ws.practice is not None:
        return
    try:
        await asyncio.to_thread(keep_daily_copy, app.ws.store, app.ws.locations.copies, again=again)
    except StoreError as error:
        app.notify(str(error), severity="warning", timeout=15, markup=False)


async def _check(app: CompanyApp) -> None:
    ws = app.ws
    try:
        await asyncio.to_thread(ws.store.check)
    except StoreError as error:
        show_problem(app, with_way_back(error, ws.store.path, ws.locations.copies))


async def _ask_passphrase(app: CompanyApp) -> None:
    from facturier.tui.screens.settings.users.passphrase import PassphraseScreen

    try:
        locked = await asyncio.to_thread(lambda: app.ws.keys.locked)
    except VaultError:
        return  # the error is shown where the key is needed
    if locked and await app.push_screen_wait(PassphraseScreen(app.ws)):
        app.outbox_worker.look()


async def _ask_about_copy(app: CompanyApp) -> None:
    """If this file is a copy of the company, ask whether it should be the company from now on."""
    from facturier.mail.vault.permission import adopt, recognise, refusal
    from facturier.tui.screens.dialogs.dialogs import ConfirmScreen

    with problems_shown(app):
        await asyncio.to_thread(recognise, app.ws)
        refused = await asyncio.to_thread(refusal, app.ws)
        if not isinstance(refused, CompanyCopy):
            return
        detail = _(
            "{what}\n\nYes: this file is the company from now on. Deliveries in its outbox that may "
            "already have been sent are stopped, each with an alert.\nNo: you can work in this file, "
            "but nothing is sent from it."
        ).format(what=refused.happened)
        if await app.push_screen_wait(ConfirmScreen(_("Send from this file from now on?"), detail, grave=True)):
            await asyncio.to_thread(adopt, app.ws)
            app.outbox_worker.look()
