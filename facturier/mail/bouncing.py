"""A message came back and a person hands in what says so: the delivery that it is about becomes bounced."""

from facturier.mail.bounce import read_bounce
from facturier.mail.errors import MessageError
from facturier.models.deliveries import find_delivery
from facturier.models.delivery import Delivery
from facturier.models.language import _
from facturier.models.outbox import report_bounce
from facturier.models.status import State
from facturier.models.store import Store


def hand_in(store: Store, text: bytes) -> tuple[Delivery, dict[str, str]]:
    """Mark the delivery that a bounce is about; with it, who was not reached and why. Raises MessageError where `text`
    is no bounce, is about nothing that left here, or was handed in before."""
    bounce = read_bounce(text)
    delivery = find_delivery(store, bounce.recipients, message_id=bounce.message_id, subject=bounce.subject)
    if delivery is None:
        raise MessageError(
            _("This bounce is about no invoice of this company."),
            kept=_("Nothing was changed."),
            todo=_("Hand in the whole message, with what it says about the original one."),
        )
    if delivery.state is State.BOUNCED:
        raise MessageError(
            _("Invoice {number} is marked as bounced already.").format(number=delivery.number),
            kept=_("Nothing was changed."),
        )
    return report_bounce(store, delivery.id, bounce.recipients), bounce.recipients
