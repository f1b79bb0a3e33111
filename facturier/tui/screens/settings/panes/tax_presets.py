"""Taxes: add those of a province or a country to the rates."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from facturier.mail.workspace import Workspace
from facturier.models.errors import InputError
from facturier.models.settings.tax_presets import preset_names, with_preset
from facturier.models.settings.tax_text import parse_rates, rates_text
from facturier.models.text.i18n import _, spoken
from facturier.tui.widgets.inputs.fields import Area, Choice


class TaxPresets(Vertical):
    """A list of places. The taxes of the one that is chosen are added to the text of the rates, to be saved with it."""

    def __init__(self, ws: Workspace) -> None:
        super().__init__(id="tax-presets")
        self._ws = ws

    def compose(self) -> ComposeResult:
        places = {"": _("Choose a province or a country"), **preset_names(spoken())}
        yield Choice(_("Add taxes for"), places, "", id="tax-place")

    @on(Choice.Changed)
    def _chosen(self, event: Choice.Changed) -> None:
        event.stop()
        if not event.text:
            return
        self.query_one(Choice).text = ""
        rates = self.screen.query_one("#rates", Area)
        try:
            typed = parse_rates(rates.text, self._ws.company().rates)
        except InputError as error:
            rates.show_problem(str(error))
            return
        added = with_preset(typed, event.text, self._ws.today())
        place = preset_names(spoken())[event.text]
        if added == typed:
            self.notify(_("The taxes of {place} are there already.").format(place=place), markup=False)
        else:
            rates.type_instead(rates_text(added))
            rates.input.focus()
            self.notify(_("Taxes added: {place}. ^z to undo.").format(place=place), markup=False)
