"""Users: who may send for the company, who asked to, and what can be done about it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Label, OptionList

from facturier.mail.errors import NotAMember, TooBusy, VaultChanged, WrongPassphrase
from facturier.mail.google.connection import end_permission
from facturier.mail.vault.identity import KeyStorage, fingerprint
from facturier.mail.vault.members import (
    Membership,
    accept_vault,
    dismiss,
    membership_of,
    request_access,
    start_new_vault,
)
from facturier.mail.vault.vault import Member
from facturier.mail.workspace import Workspace
from facturier.models.books.journal import read_journal
from facturier.models.company.access_requests import AccessRequest
from facturier.models.company.user import full_name
from facturier.models.errors import FacturierError
from facturier.models.text.i18n import N_, _
from facturier.tui import keys
from facturier.tui.screens.dialogs.dialogs import ConfirmScreen
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.themes.theme import BOLD, SUCCESS, WARNING
from facturier.tui.widgets.inputs.options import Options, ValueOption
from facturier.tui.words.formatting import moment
from facturier.tui.words.journal import journal_words

_TOLD = 6  # entries of the company's journal that are shown

_Action = Callable[[], Awaitable[str]]  # returns a sentence about what it did


class _Choice(NamedTuple):
    """What Enter does, and what Delete does, if anything."""

    open: _Action
    remove: _Action | None = None


_Option = ValueOption[_Choice]


class UsersPane(Vertical):
    """A line about the person, the list of people with the actions, and what was done lately."""

    BINDINGS: ClassVar[list[BindingType]] = [
        keys.REMOVE.on("users.remove", N_("Remove the member, or decline the access request.")),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(id="users")
        self._ws = ws
        self._people: Membership | None = None
        self._held: datetime | None = None  # until when the system holds the person's key open

    def compose(self) -> ComposeResult:
        yield Label(_("Opening the vault…"), markup=False, id="users-state")
        yield Options(id="users-list", compact=True)
        yield Label("", markup=False, id="users-answer")
        yield Label("", markup=False, id="users-journal")

    def on_mount(self) -> None:
        self.look()

    @work(group="users", exclusive=True)
    async def look(self) -> None:
        """Read again who is who."""
        try:
            self._people = await asyncio.to_thread(membership_of, self._ws)
            self._held = await asyncio.to_thread(self._ws.keys.held_until) if self._people.me else None
        except FacturierError as error:
            self.query_one("#users-state", Label).update(Text(str(error)))
            return
        self._show(self._people)

    def _show(self, people: Membership) -> None:
        self.query_one("#users-state", Label).update(self._state(people))
        listed = self.query_one(OptionList)
        chosen = listed.highlighted or 0
        listed.clear_options()
        listed.add_options(self._options(people))
        listed.highlighted = min(chosen, listed.option_count - 1) if listed.option_count else None
        entries = read_journal(self._ws.store)[-_TOLD:]
        told = _("{what}: {found}")
        lines = [
            f"{moment(entry.at)}  {told.format(what=full_name(entry.user), found=journal_words(entry))}"
            for entry in reversed(entries)
        ]
        self.query_one("#users-journal", Label).update(Text("\n".join(lines)))

    def _state(self, people: Membership) -> Text:
        if people.blocker is not None:
            text = Text(f"✗ {people.blocker.happened}", WARNING + BOLD)
            if people.asked:
                asked = _("Access requested. Read this fingerprint out to the member who approves you:")
                return text.append(f"\n{asked}", "not bold").append(f"\n{people.me}", "bold")
            return text.append(f"\n{people.blocker.todo}", "not bold")
        where = self._ws.keys.identity.where
        if not people.members:
            return Text(_("There are no members yet. The first person to connect Gmail becomes the first member."))
        where = _("Your key is {where}.").format(where=where)
        if self._held is not None:
            where += " " + _("It stays unlocked until {when}.").format(when=moment(self._held))
        return Text.assemble((_("✓ You can send."), SUCCESS + BOLD), "  ", where)

    def _options(self, people: Membership) -> list[_Option]:
        options: list[_Option] = []
        for member in people.members:
            line = Text.assemble("✓ ", full_name(member.name), "  ", (member.fingerprint, "dim"))
            if member.fingerprint == people.me:
                line.append("  " + _("you"), "dim")
            remove = partial(self._remove, member)
            options.append(ValueOption(line, _Choice(remove, remove)))
        for request in people.access_requests:
            line = Text.assemble(
                ("? ", WARNING + BOLD),
                _("{name} requested access").format(name=full_name(request.name)),
                "  ",
                (moment(request.asked), "dim"),
            )
            choice = _Choice(partial(self._approve, request), partial(self._decline, request))
            options.append(ValueOption(line, choice, disabled=people.blocker is not None))
        if people.may_ask:
            options.append(ValueOption(Text(_("Request access")), _Choice(self._ask)))
        match people.blocker:
            case NotAMember():
                options.append(
                    ValueOption(Text(_("No member can approve you? Create a new vault…")), _Choice(self._start_new))
                )
            case VaultChanged():
                options.append(ValueOption(Text(_("Accept the current vault…")), _Choice(self._accept)))
            case WrongPassphrase() | TooBusy():
                options.append(ValueOption(Text(_("Enter the passphrase…")), _Choice(self._unlock)))
            case None if self._ws.keys.identity.place is not KeyStorage.KEYRING:
                wrapped = self._ws.keys.identity.place is KeyStorage.WRAPPED
                words = _("Change the passphrase of your key…") if wrapped else _("Protect your key with a passphrase…")
                options.append(ValueOption(Text(words), _Choice(self._wrap)))
                if wrapped:
                    options.append(ValueOption(Text(_("Lock your key now")), _Choice(self._lock)))
        return options

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 (Textual's)
        return action != "remove" or self._removing is not None

    @property
    def _removing(self) -> _Action | None:
        """What Delete would do to the highlighted option."""
        listed = self.query_one_optional(OptionList)
        option = listed.highlighted_option if listed is not None else None
        return option.value.remove if isinstance(option, ValueOption) and not option.disabled else None

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    @on(OptionList.OptionSelected)
    @work
    async def _chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        assert isinstance(event.option, ValueOption)
        await self._do(event.option.value.open)

    @work
    async def action_remove(self) -> None:
        if (remove := self._removing) is not None:
            await self._do(remove)

    async def _do(self, action: _Action) -> None:
        answer = ""
        with problems_shown(self):
            answer = await action()
        self.query_one("#users-answer", Label).update(Text(answer))
        self.look()

    async def _ask(self) -> str:
        await asyncio.to_thread(request_access, self._ws)
        return _("✓ Access requested. Every member sees the request here.")

    async def _approve(self, request: AccessRequest) -> str:
        from facturier.tui.screens.settings.users.approve import ApproveScreen

        return await self.app.push_screen_wait(ApproveScreen(self._ws, request)) or ""

    async def _decline(self, request: AccessRequest) -> str:
        name = full_name(request.name)
        question = _("Decline the access request of {name}?").format(name=name)
        if not await self.app.push_screen_wait(ConfirmScreen(question)):
            return ""
        await asyncio.to_thread(dismiss, self._ws, fingerprint(request.recipient))
        return _("The request of {name} was declined.").format(name=name)

    async def _remove(self, member: Member) -> str:
        assert self._people is not None
        name = full_name(member.name)
        question = _("Remove {name} from the members?").format(name=name)
        detail = _(
            "The company’s secrets are encrypted again, so that this person can no longer read them. "
            "They may have kept a copy of what they read before."
        )
        if member.fingerprint == self._people.me:
            question = _("Remove yourself from the members?")
            detail = _("You will not be able to send for this company until another member approves you again.")
        alone = len(self._people.members) == 1  # which is refused
        if not alone and not await self.app.push_screen_wait(ConfirmScreen(question, detail, grave=True)):
            return ""
        await asyncio.to_thread(dismiss, self._ws, member.fingerprint)
        answer = _("✓ {name} can no longer send.").format(name=name)
        if self._ws.company().sender.user:
            answer += " " + _("Change the password of the mail server too, and enter the new one in Settings.")
        if self._ws.connection() is not None and member.fingerprint != self._people.me:
            await self._reconnect(name)
        return answer

    async def _reconnect(self, name: str) -> None:
        """Only this makes what a former member may have kept useless."""
        from facturier.tui.screens.connect.screen import ConnectScreen

        question = _("Connect Gmail again now?")
        detail = _(
            "{name} may have kept a copy of the permission to send. If you connect again, Facturier "
            "revokes the permission at Google, for every company that uses it, and then asks you for a "
            "new one. Until then, invoices wait in the outbox."
        ).format(name=name)
        if await self.app.push_screen_wait(ConfirmScreen(question, detail, grave=True)):
            await asyncio.to_thread(end_permission, self._ws)
            await self.app.push_screen_wait(ConnectScreen(self._ws))

    async def _start_new(self) -> str:
        detail = _(
            "The current vault is lost for everyone. Connect Gmail again, enter the password of the "
            "mail server again, and approve the other members again. The invoices stay."
        )
        if not await self.app.push_screen_wait(ConfirmScreen(_("Create a new vault?"), detail, grave=True)):
            return ""
        await asyncio.to_thread(start_new_vault, self._ws)
        return _("✓ Created a new vault. You are the only member.")

    async def _accept(self) -> str:
        assert self._people is not None
        assert self._people.blocker is not None
        detail = _("{problem} Accept it only if you know why: a backup was restored, for instance.").format(
            problem=self._people.blocker.happened
        )
        if not await self.app.push_screen_wait(
            ConfirmScreen(_("Accept the vault in its current state?"), detail, grave=True)
        ):
            return ""
        await asyncio.to_thread(accept_vault, self._ws)
        return _("✓ Accepted.")

    async def _unlock(self) -> str:
        from facturier.tui.screens.settings.users.passphrase import PassphraseScreen

        return _("✓ Your key is unlocked.") if await self.app.push_screen_wait(PassphraseScreen(self._ws)) else ""

    async def _lock(self) -> str:
        await asyncio.to_thread(self._ws.keys.lock)
        return _("✓ Your key is locked. In other open windows it stays unlocked until they are closed.")

    async def _wrap(self) -> str:
        from facturier.tui.screens.settings.users.passphrase import NewPassphraseScreen

        return _("✓ Saved.") if await self.app.push_screen_wait(NewPassphraseScreen(self._ws)) else ""
