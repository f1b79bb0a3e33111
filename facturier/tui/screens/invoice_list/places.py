"""Actions of the invoice list that open other screens."""

from textual import work

from facturier.models.text.i18n import _, ngettext
from facturier.tui.messages import CompanyChosen
from facturier.tui.screens.invoice_list.base import InvoiceListBase
from facturier.tui.words.formatting import counted


class PlaceActions(InvoiceListBase):
    """The actions that open other lists, an export, and the settings."""

    @work
    async def action_outbox(self) -> None:
        from facturier.tui.screens.outbox.screen import OutboxScreen

        await self.app.push_screen_wait(OutboxScreen(self._ws))
        self._renew()

    @work
    async def action_chase(self) -> None:
        from facturier.tui.screens.chase.screen import ChaseScreen

        await self.app.push_screen_wait(ChaseScreen(self._ws))
        self._renew()

    @work
    async def action_items(self) -> None:
        from facturier.tui.screens.items.screen import ItemsScreen

        await self.app.push_screen_wait(ItemsScreen(self._ws))

    @work
    async def action_estimates(self) -> None:
        from facturier.tui.screens.estimates.screen import EstimatesScreen

        await self.app.push_screen_wait(EstimatesScreen(self._ws))
        self._renew()

    @work
    async def action_customers(self) -> None:
        from facturier.tui.screens.customers.screen import CustomersScreen

        await self.app.push_screen_wait(CustomersScreen(self._ws))
        self._renew()

    @work
    async def action_payments(self) -> None:
        from facturier.tui.screens.payments.screen import PaymentsScreen

        await self.app.push_screen_wait(PaymentsScreen(self._ws))
        self._renew()

    @work
    async def action_recurring(self) -> None:
        from facturier.tui.screens.recurring.screen import RecurringScreen

        await self.app.push_screen_wait(RecurringScreen(self._ws))
        self._renew()

    @work
    async def action_statements(self) -> None:
        from facturier.tui.screens.statements.screen import StatementsScreen

        await self.app.push_screen_wait(StatementsScreen(self._ws))
        self._renew()

    @work
    async def action_reports(self) -> None:
        from facturier.tui.screens.reports.menu import ReportsScreen

        await self.app.push_screen_wait(ReportsScreen(self._ws))
        self._renew()

    @work
    async def action_alerts(self) -> None:
        from facturier.tui.screens.alerts.screen import AlertsScreen

        await self.app.push_screen_wait(AlertsScreen(self._ws))
        self._renew()

    @work
    async def action_companies(self) -> None:
        from facturier.tui.screens.companies.screen import CompaniesScreen

        ws = await self.app.push_screen_wait(CompaniesScreen(self._ws))
        if ws is not None:
            self.post_message(CompanyChosen(ws))

    @work
    async def action_settings(self, section: str = "company") -> None:
        from facturier.tui.screens.settings.screen import SettingsScreen

        await self.app.push_screen_wait(SettingsScreen(self._ws, section))
        self._renew()

    @work
    async def action_check_numbers(self) -> None:
        from facturier.tui.screens.invoice_list.act.numbers import show_number_check

        await show_number_check(self, self._ws)

    @work
    async def action_export(self) -> None:
        """Export the marked invoices or, if none is marked, all that the list shows."""
        from facturier.tui.screens.export.screen import export_list

        marked = {*self.rows.marked}
        if marked:
            words = ngettext("{count} marked invoice.", "{count} marked invoices.", len(marked))
            note = words.format(count=counted(len(marked)))
            await export_list(self, self._ws, "invoices", among=marked, note=note)
        else:
            note = _("All invoices that the list shows, in its order.")
            await export_list(self, self._ws, "invoices", view=self._view, note=note)
