"""The open alerts: what happened, why, and what to do."""

import asyncio
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from facturier.mail.workspace import Workspace
from facturier.models.books.alerts import SENT_AGAIN, AlertKind, open_alerts
from facturier.models.books.invoice import Alert
from facturier.models.books.status import DeliveryKind, State
from facturier.models.outbox.deliveries import deliveries_of
from facturier.models.outbox.delivery import Delivery
from facturier.models.outbox.pauses import dismiss_alert
from facturier.models.text.i18n import N_, _, ngettext
from facturier.tui import keys
from facturier.tui.done_screen import DoneScreen
from facturier.tui.screen import once
from facturier.tui.screens.dialogs.cancelling import say_queued
from facturier.tui.screens.dialogs.problems import problems_shown
from facturier.tui.screens.invoice.delivery.dismiss_alerts import dismiss_alerts
from facturier.tui.widgets.done_line import DoneLine
from facturier.tui.widgets.inputs.options import Options
from facturier.tui.widgets.keybar import KeyBar
from facturier.tui.widgets.title import Banner, Title
from facturier.tui.words.alerts import alert_reason, alert_title, alert_todo
from facturier.tui.words.formatting import moment
from facturier.tui.words.notices import bounce_words

# Alerts that open something without an invoice.
_OPENED = (AlertKind.ASKED, AlertKind.RECURRING_MISSED, AlertKind.RECURRING_PAUSED, AlertKind.REMINDERS_WAITING)
# Alerts that end when their cause ends: with an answer, a new connection, or when the dates are invoiced or skipped.
_NOT_DISMISSED = (AlertKind.IN_DOUBT, AlertKind.CONNECTION_OVER, AlertKind.RECURRING_MISSED)


class AlertsScreen(DoneScreen):
    BINDINGS: ClassVar[list[BindingType]] = [
        keys.OPEN.on("alerts.open", N_("Open what the alert is about, such as the invoice."), priority=True),
        Binding(
            "r", "reconnect", N_("Reconnect"), tooltip=N_("Connect the Gmail address again."), id="alerts.try_again"
        ),
        keys.SEND_TO_REFUSED.on(
            "alerts.try_again", N_("Send again only to the recipients that the mail server refused.")
        ),
        keys.TRY_AGAIN.on("alerts.try_again"),
        Binding(
            "s",
            "send",
            N_("Send again"),
            tooltip=N_("Preview and send it. This dismisses the alert."),
            id="alerts.send",
        ),
        keys.DISMISS.on("alerts.deal"),
        Binding("b", "bounce", N_("Record a bounce"), tooltip=N_("Record a bounced email."), id="alerts.bounce"),
        keys.UNDO.on("alerts.undo", N_("Undo the last send, while it is waiting.")),
        keys.OUTBOX.on("alerts.outbox", action="app.outbox", show=False),
        keys.BACK.on("alerts.back"),
    ]

    def __init__(self, ws: Workspace) -> None:
        super().__init__(classes="alerts")
        self._ws = ws
        self._alerts: list[Alert] = []

    def compose(self) -> ComposeResult:
        yield Title()
        yield Banner(self._ws)
        yield Options(markup=False, compact=True)
        yield DoneLine()
        yield KeyBar()

    def on_mount(self) -> None:
        self._renew()
        self.query_one(OptionList).focus()

    def on_company_changed(self) -> None:
        self._renew()

    @property
    def chosen(self) -> Alert | None:
        listed = self.query_one_optional(OptionList)
        highlighted = listed.highlighted if listed is not None else None
        return self._alerts[highlighted] if highlighted is not None and highlighted < len(self._alerts) else None

    @property
    def _notice(self) -> str:
        """The kind of notice that the alert is about, empty if it is about the invoice itself."""
        return self.chosen.detail.get("notice", "") if self.chosen is not None else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        alert = self.chosen
        match action:
            case "open":
                return alert is not None and (alert.invoice_id is not None or alert.kind in _OPENED)
            case "reconnect":
                return alert is not None and alert.kind == AlertKind.CONNECTION_OVER
            case "send":
                again = alert is not None and alert.kind in SENT_AGAIN and alert.kind != AlertKind.PARTLY_SENT
                return again and not self._notice
            case "remind_again":
                again = alert is not None and alert.kind in (AlertKind.FAILED, AlertKind.BOUNCED)
                return again and self._notice == DeliveryKind.REMINDER
            case "send_to_refused":
                partly = alert is not None and alert.kind == AlertKind.PARTLY_SENT and alert.delivery_id is not None
                return partly and not self._notice
            case "undo":
                return self._can_undo
            case "dismiss_alert":
                return alert is not None and alert.kind not in _NOT_DISMISSED
        return True

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        self.refresh_bindings()

    @work
    async def action_open(self) -> None:
        alert = self.chosen
        if alert is None:
            return
        if alert.kind == AlertKind.ASKED:
            from facturier.tui.screens.settings.screen import SettingsScreen

            await self.app.push_screen_wait(SettingsScreen(self._ws, "users"))
        elif alert.kind in (AlertKind.RECURRING_MISSED, AlertKind.RECURRING_PAUSED):
            from facturier.tui.screens.recurring.screen import RecurringScreen

            template = alert.detail.get("address", "").removeprefix("@")
            template_id = int(template) if template.isdecimal() else None
            await self.app.push_screen_wait(RecurringScreen(self._ws, template_id))
        elif alert.kind == AlertKind.REMINDERS_WAITING:
            await self.run_action("app.chase")
        elif alert.kind == AlertKind.IN_DOUBT and alert.delivery_id is not None:
            from facturier.tui.screens.invoice.delivery.in_doubt import DoubtScreen

            await self.app.push_screen_wait(DoubtScreen(self._ws, alert.delivery_id))
        elif alert.invoice_id is not None:
            from facturier.tui.screens.invoice.open_invoice import open_invoice

            await open_invoice(self, self._ws, alert.invoice_id)
        self._renew()

    @work
    async def action_send(self) -> None:
        """Preview the invoice and send it again."""
        from facturier.tui.screens.preview.open_preview import send_invoice

        alert = self.chosen
        if alert is not None and alert.invoice_id is not None and await send_invoice(self, self._ws, alert.invoice_id):
            await self._sent_again(alert, deliveries_of(self._ws.store, alert.invoice_id)[-1])

    @work
    async def action_send_to_refused(self) -> None:
        from facturier.tui.screens.preview.open_preview import send_to_refused

        alert = self.chosen
        if alert is None or alert.delivery_id is None or alert.invoice_id is None:
            return
        if await send_to_refused(self, self._ws, alert.delivery_id):
            await self._sent_again(alert, deliveries_of(self._ws.store, alert.invoice_id)[-1])

    @work
    async def action_remind_again(self) -> None:
        from facturier.tui.screens.invoice.delivery.remind_again import remind_again

        alert = self.chosen
        if alert is None or alert.invoice_id is None:
            return
        if (delivery := await remind_again(self, self._ws, alert.invoice_id)) is not None:
            await self._sent_again(alert, delivery)

    async def _sent_again(self, alert: Alert, delivery: Delivery) -> None:
        """Say so, and dismiss the alert. If the new delivery fails too, it raises a new alert."""
        words = _("{document} is in the outbox.").format(document=delivery.called_first)
        if delivery.kind is DeliveryKind.REMINDER:
            words = _("Reminder for invoice {number} is in the outbox.").format(number=delivery.number)
        say_queued(self, self._ws, self._say, words, [delivery])
        with problems_shown(self):
            await asyncio.to_thread(dismiss_alert, self._ws.store, alert.id)
        self._renew()

    @work
    @once
    async def action_undo(self) -> None:
        await self.query_one(DoneLine).undo_once()
        self._renew()

    @work
    async def action_reconnect(self) -> None:
        from facturier.tui.screens.connect.screen import ConnectScreen

        await self.app.push_screen_wait(ConnectScreen(self._ws))
        self._renew()

    @work
    async def action_dismiss_alert(self) -> None:
        if (alert := self.chosen) is not None:
            await dismiss_alerts(self, self._ws, [alert])
            self._renew()

    @work
    async def action_bounce(self) -> None:
        from facturier.tui.screens.invoice.delivery.bounce import BounceScreen

        delivery = await self.app.push_screen_wait(BounceScreen(self._ws))
        self._renew()
        if delivery is not None:
            bounced = _("{document} is marked as bounced.")
            copy = _(
                "Only a copy of invoice {number} bounced. The customer received the invoice. This is in the history."
            )
            message = bounced if delivery.state is State.BOUNCED else copy
            if delivery.kind is not DeliveryKind.INVOICE:
                message = bounce_words(delivery)
            name = delivery.called_first
            self._say(message.format(document=name, number=delivery.number))

    def _renew(self) -> None:
        alerts = open_alerts(self._ws.store)[::-1]  # latest first
        if self._alerts == alerts and self.query_one(Title).left:
            return
        chosen = self.chosen
        self._alerts = alerts
        count = len(alerts)
        self.query_one(Title).left = (
            ngettext("{count} alert", "{count} alerts", count).format(count=count) if count else _("No alerts")
        )
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(_told(alert)) for alert in alerts])
        if not alerts:
            options.add_option(Option(Text(_("Nothing needs your attention.")), disabled=True))
        places = [index for index, alert in enumerate(alerts) if chosen is not None and alert.id == chosen.id]
        options.highlighted = (places[0] if places else 0) if alerts else None
        self.refresh_bindings()


def _told(alert: Alert) -> RenderableType:
    title = Text.assemble((f"⚠ {alert_title(alert)}", "bold"), f"  {moment(alert.raised)}")
    parts = [part for part in (alert_reason(alert), alert_todo(alert)) if part]
    return Group(title, Padding(Text("\n".join(parts)), (0, 0, 1, 2)))
