"""Connect a Google account, with or without a browser on this machine."""

import asyncio
from typing import ClassVar

from rich.text import Text
from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import ContentSwitcher, Label

from facturier.mail.errors import ConnectError, DeviceRefused
from facturier.mail.google.client import OAuthClient
from facturier.mail.google.connection import accept_grant, known_client
from facturier.mail.google.grant import Grant
from facturier.mail.workspace import Workspace
from facturier.models.errors import FacturierError
from facturier.models.text.clean import clean
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screen import ResultScreen
from facturier.tui.screens.connect.attempt import Attempt
from facturier.tui.screens.connect.client_step import ClientStep, StepList, read_client
from facturier.tui.screens.connect.consent_step import ConsentStep
from facturier.tui.screens.connect.link_view import LinkView
from facturier.tui.screens.connect.practice_consent import ConsentScreen
from facturier.tui.screens.connect.remove_gmail import may_replace
from facturier.tui.screens.dialogs.dialogs import ProblemScreen
from facturier.tui.screens.dialogs.problems import show_problem
from facturier.tui.widgets.inputs.paste_field import PasteField
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner, Title


class ConnectScreen(ResultScreen[str | None]):
    """The screen's result is the connected address, or None if the person cancelled. One successful way is enough."""

    class Granted(Message):
        """Google gave permission to send."""

        def __init__(self, grant: Grant) -> None:
            super().__init__()
            self.grant = grant

    class Failed(Message):
        """An invalid answer arrived. The link can be opened again."""

        def __init__(self, error: ConnectError) -> None:
            super().__init__()
            self.error = error

    VERTICAL_BREAKPOINTS = [(0, "-low"), (23, "-high")]  # noqa: RUF012 (Textual's)
    AUTO_FOCUS = ""  # the focus depends on whether there is a client
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f7",
            "allow",
            N_("Allow as…"),
            tooltip=N_("Demo: give the consent here, without a browser."),
            id="connect.allow",
        ),
        Binding(
            "ctrl+o",
            "client",
            N_("Other client file"),
            tooltip=N_("Use a different OAuth client than last time."),
            id="connect.client",
        ),
        keys.CANCEL.on("connect.cancel", N_("Stop. Nothing is connected."), action="cancel"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="connect")
        self._ws = ws
        self._attempt: Attempt | None = None
        self._accepting = False
        self._keeping = False
        self._unmounted = False

    def compose(self) -> ComposeResult:
        company = self._ws.company().name
        yield Title(_("Connect a Google account to {company}").format(company=company))
        yield Banner(self._ws)
        yield Label(
            _("Facturier will be able to send email from this address. It can never read the mailbox."),
            markup=False,
            id="connect-about",
        )
        with ContentSwitcher(initial="connect-looking", id="connect-steps"):
            yield Label(_("Looking for the company’s client file…"), markup=False, id="connect-looking")
            yield ClientStep()
            yield ConsentStep()
        yield KeyBar()

    @work
    async def on_mount(self) -> None:
        try:
            client = await asyncio.to_thread(known_client, self._ws)
        except FacturierError as error:
            # The permission is stored in the vault, so without it nothing can be connected.
            await self.app.push_screen_wait(ProblemScreen(error))
            self.dismiss(None)
            return
        if client is None:
            self.action_client()
        else:
            await self._begin(client)

    def on_unmount(self) -> None:
        self._unmounted = True
        self._stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        if action == "allow":
            return self._attempt is not None and self._ws.practice is not None
        return action != "client" or self._attempt is not None

    # The client

    def action_client(self) -> None:
        self._stop()
        self._name_project("")
        self.query_one("#connect-steps", ContentSwitcher).current = "client-step"
        step = self.query_one(ClientStep)
        if self._ws.practice is not None and not step.field.text:
            step.offer(str(self._ws.practice.client_file))
        if step.field.text:
            step.field.input.focus()
            step.field.input.action_select_all()  # so that a pasted file replaces the old one
        else:
            step.query_one(StepList).focus()
        self.refresh_bindings()

    @on(PasteField.Given, "#client")
    @work
    async def _client_given(self, event: PasteField.Given) -> None:
        try:
            client = await asyncio.to_thread(read_client, event.text)
        except FacturierError as error:
            event.field.show_problem(str(error))
            return
        await self._begin(client)

    # The consent

    async def _begin(self, client: OAuthClient) -> None:
        try:
            attempt = await asyncio.to_thread(self._open, client)
        except OSError as error:
            trouble = ConnectError(
                _("Cannot listen for the browser on this machine: {reason}.").format(
                    reason=error.strerror or type(error).__name__
                )
            )
            show_problem(self, trouble)
            return
        self.query_one("#connect-steps", ContentSwitcher).current = "consent-step"
        self.query_one(ConsentStep).show(attempt)
        self._name_project(client.project)
        self._say_waiting()
        self.query_one(LinkView).focus()
        self.refresh_bindings()
        self._ask_device(attempt)

    def _name_project(self, project: str) -> None:
        """Show the Google Cloud project of the client, because a company may have several."""
        words = _("Google Cloud project {project}").format(project=clean(project)) if project else ""
        self.query_one(Title).right = words

    def _open(self, client: OAuthClient) -> Attempt:
        """Return a new attempt. This runs in a thread, and stops the attempt if the screen was closed meanwhile."""
        connection = self._ws.connection()
        self._attempt = attempt = Attempt(
            self._ws,
            client,
            hint=connection.address if connection else "",
            granted=lambda grant: self.post_message(self.Granted(grant)),
            failed=lambda error: self.post_message(self.Failed(error)),
        )
        if self._unmounted:
            attempt.stop()
        return attempt

    @on(PasteField.Given, "#answer")
    @work
    async def _answer_given(self, event: PasteField.Given) -> None:
        attempt = self._attempt
        if attempt is None or self._accepting:
            return
        self._accepting = True
        event.field.show_problem()
        self.query_one(ConsentStep).show_state(_("Contacting Google…"))
        try:
            await asyncio.to_thread(attempt.accept, event.text)
        except ConnectError as error:
            self._show_wrong(error)
        finally:
            self._accepting = False

    def on_paste(self, event: events.Paste) -> None:
        """Paste into the current field, wherever the focus is."""
        event.stop()
        current = self.query_one("#connect-steps", ContentSwitcher).current
        if current and event.text.strip():
            self.query_one(f"#{current} PasteField", PasteField).paste(event.text)

    @on(Failed)
    def _came_back_wrong(self, event: Failed) -> None:
        self._show_wrong(event.error)

    def _show_wrong(self, error: ConnectError) -> None:
        step = self.query_one(ConsentStep)
        step.field.show_problem(str(error))
        self._say_waiting()

    def _say_waiting(self) -> None:
        practice = self._ws.practice is not None
        words = (
            _("Waiting for Google’s answer… In the demo, press F7 to allow access without a browser.")
            if practice
            else _("Waiting for Google’s answer…")
        )
        self.query_one(ConsentStep).show_state(words)

    @work(thread=True, group="device")
    def _ask_device(self, attempt: Attempt) -> None:
        from facturier.mail.google.device import ask_device, wait_device

        def show(text: Text) -> None:
            if not attempt.stopping.is_set():
                self.app.call_from_thread(self.query_one(ConsentStep).show_device, text)

        try:
            code = ask_device(attempt.client, self._ws.endpoints, self._ws.clock, attempt.stopping)
            show(
                Text.assemble(
                    (code.user_code, "bold"), "  ", _("to enter at {address}").format(address=code.verification_url)
                )
            )
            grant = wait_device(code, attempt.client, self._ws.endpoints, attempt.stopping, self._ws.clock)
            if grant is not None:
                attempt.take(grant)
        except DeviceRefused as error:
            show(Text(error.happened, style="dim"))
        except ConnectError as error:
            show(Text(str(error)))

    # The end

    @on(Granted)
    @work
    async def _granted(self, event: Granted) -> None:
        self._keeping = True
        self.query_one(ConsentStep).show_state(_("Saving the permission…"))
        self._stop()
        may, before = await may_replace(self, self._ws, event.grant.address)
        if not may:
            self.dismiss(None)
            return
        try:
            connection = await asyncio.to_thread(accept_grant, self._ws, event.grant, replacing=before)
        except FacturierError as error:
            self._keeping = False
            show_problem(self, error)
            await self._begin(event.grant.client)
            return
        self.dismiss(connection.address)

    def action_cancel(self) -> None:
        if not self._keeping:  # while it is saved, a permission from Google cannot be cancelled
            self.dismiss(None)

    def _stop(self) -> None:
        """End the attempt: close its socket and let its threads end."""
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            attempt.stop()

    # The demo company

    @work
    async def action_allow(self) -> None:
        practice = self._ws.practice
        assert practice is not None
        answer = await self.app.push_screen_wait(ConsentScreen(practice.accounts))
        attempt = self._attempt
        if answer is None or attempt is None:
            return
        landed = await asyncio.to_thread(
            practice.allow,
            attempt.link,
            account=answer.account,
            deny=answer.deny,
            scopes=None if answer.send else (),
        )
        step = self.query_one(ConsentStep)
        step.field.text = landed
        step.field.input.focus()
        step.show_state(_("Your browser would now show this address. Press Enter to continue."))
