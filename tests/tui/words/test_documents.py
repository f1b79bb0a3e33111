"""Messages say whether a document is an invoice, a credit note or an estimate."""

from datetime import UTC, datetime

import pytest

from facturier.models.books.alerts import AlertKind
from facturier.models.books.invoice import Alert
from facturier.models.books.naming import named, named_first
from facturier.models.books.status import InvoiceKind
from facturier.models.text.i18n import speak
from facturier.tui.words.alerts import alert_title


@pytest.mark.parametrize(
    ("language", "kind", "inside", "first"),
    [
        ("en", InvoiceKind.INVOICE, "invoice 1001", "Invoice 1001"),
        ("en", InvoiceKind.CREDIT_NOTE, "credit note 1001", "Credit note 1001"),
        ("fr", InvoiceKind.CREDIT_NOTE, "la note de crédit 1001", "La note de crédit 1001"),
        ("fr", InvoiceKind.ESTIMATE, "la soumission 1001", "La soumission 1001"),
    ],
)
def test_a_document_is_called_by_its_kind(language: str, kind: InvoiceKind, inside: str, first: str) -> None:
    speak(language)
    assert (named(kind, "1001"), named_first(kind, "1001")) == (inside, first)


def test_alerts_say_what_they_are_about_in_both_languages() -> None:
    def title(kind: AlertKind, *, copy: bool = False) -> str:
        now = datetime(2026, 11, 24, tzinfo=UTC)
        return alert_title(Alert(1, kind, now, 1, "E-1", 1, {}, now if copy else None, InvoiceKind.ESTIMATE))

    speak("en")
    assert title(AlertKind.FAILED) == "Estimate E-1 was not sent"
    assert title(AlertKind.IN_DOUBT) == "Nobody can tell whether estimate E-1 was sent"
    assert title(AlertKind.BOUNCED, copy=True) == "A copy of estimate E-1 bounced"
    speak("fr")
    assert title(AlertKind.FAILED) == "La soumission E-1 n’a pas été envoyée"
    assert title(AlertKind.STOPPED).startswith("L’envoi de la soumission E-1 a été arrêté")
    assert title(AlertKind.BOUNCED, copy=True) == "Une copie de la soumission E-1 n’a pas été distribuée"
