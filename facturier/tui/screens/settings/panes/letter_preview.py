"""What a letter's template becomes, for an invoice that is made up."""

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Label

from facturier.mail.workspace import Workspace
from facturier.models.books.invoice import Customer, Invoice, Source
from facturier.models.books.status import InvoiceKind
from facturier.models.errors import FacturierError
from facturier.models.settings.company import Company
from facturier.models.settings.line import Line
from facturier.models.text.dates.terms import Terms
from facturier.models.text.i18n import _
from facturier.tui.widgets.letter_view import rendered_letter


class LetterPreview(VerticalScroll):
    """The subject and the letter as a customer would read them, updated a moment after each change."""

    DEFAULT_CLASSES = "letter-preview"

    def __init__(self, ws: Workspace, language: str, kind: InvoiceKind = InvoiceKind.INVOICE) -> None:
        super().__init__(id=f"letter-preview-{kind}-{language}")
        self._ws = ws
        self._language = language
        self._kind = kind

    def compose(self) -> ComposeResult:
        yield Label("", markup=False)

    @work(thread=True, group="letter-preview", exclusive=True)
    def show(self, company: Company) -> None:
        from textual.worker import get_current_worker

        from facturier.mail.letter.filling import fill, fill_markdown
        from facturier.mail.letter.letter import letter_template, make_letter, subject_template
        from facturier.mail.letter.placeholders import PLACEHOLDERS, check_template, letter_values

        values = letter_values(self._invoice(company), company)
        try:
            asked = company, self._language, self._kind
            templates = subject_template(*asked), letter_template(*asked)
            for template in templates:
                check_template(template)
            subject = fill(templates[0], values)
            letter = make_letter(fill_markdown(templates[1], values), company.name, self._language)
        except FacturierError:
            return  # the field says what is wrong, and the last good letter stays
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        text = Text.assemble(
            (subject, "bold"),
            "\n\n",
            rendered_letter(letter),
            "\n\n",
            (_("Placeholders: {names}").format(names=known), "dim"),
        )
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self.query_one(Label).update, text)

    def _invoice(self, company: Company) -> Invoice:
        today, credit = self._ws.today(), self._kind is InvoiceKind.CREDIT_NOTE
        return Invoice(
            number=company.next_number(today, self._kind),
            kind=self._kind,
            source=Source(company.next_number(today), today) if credit else None,
            customer=Customer(name="Boulangerie Tremblay", contact="Marie", language=self._language),
            date=today,
            terms=company.terms,
            terms_rule=company.terms_rule,
            due=Terms(company.terms, company.terms_rule).due(today),
            currency=company.currency,
            lines=(Line(description="…", quantity="-1" if credit else "1", rate="1234.56"),),
        )
