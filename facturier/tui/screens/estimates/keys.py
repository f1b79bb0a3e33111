"""The keys of the list of estimates, most likely ones first."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_

KEYS: list[BindingType] = [
    Binding("n", "new", N_("New"), tooltip=N_("Create an estimate."), id="estimates.new"),
    Binding("enter", "open", N_("Open"), tooltip=N_("Open the selected estimate."), id="estimates.open"),
    Binding("s", "send", N_("Send"), tooltip=N_("Preview the estimate, then send it."), id="estimates.send"),
    Binding(
        "plus",
        "answer('accepted')",
        N_("Accepted"),
        tooltip=N_("Record that the customer accepted it. Press the key again to remove the answer."),
        id="estimates.accepted",
    ),
    Binding(
        "minus",
        "answer('declined')",
        N_("Declined"),
        tooltip=N_("Record that the customer declined it. Press the key again to remove the answer."),
        id="estimates.declined",
    ),
    Binding(
        "T",
        "turn_into_invoice",
        N_("Convert…"),
        tooltip=N_("Create an invoice for the whole estimate, a percentage such as a deposit, or some lines."),
        id="estimates.turn_into_invoice",
    ),
    Binding("u", "undo", N_("Undo"), tooltip=N_("Undo what you did last, or a send."), id="estimates.undo"),
    Binding("e", "edit", N_("Edit"), tooltip=N_("Edit a draft, or correct an issued estimate."), id="estimates.edit"),
    Binding("c", "copy", N_("Duplicate"), tooltip=N_("Create a draft with the same lines."), id="estimates.copy"),
    Binding("slash", "search", N_("Search"), tooltip=N_("Number, customer, item or amount."), id="estimates.search"),
    Binding(
        "d,delete",
        "delete",
        N_("Delete draft"),
        tooltip=N_("You will be asked to confirm."),
        id="estimates.delete",
        show=False,
    ),
    Binding(
        "v",
        "void",
        N_("Void estimate"),
        tooltip=N_("Withdraw an issued estimate. Its number is not used again."),
        id="estimates.void",
        show=False,
    ),
    Binding(
        "number_sign",
        "issue",
        N_("Issue without sending…"),
        tooltip=N_("Give a draft its number without an email, or mark an issued estimate as sent."),
        id="estimates.issue",
        show=False,
    ),
    Binding(
        "o",
        "open_pdf",
        N_("Open PDF"),
        tooltip=N_("Open the PDF in the system’s viewer."),
        id="estimates.open_pdf",
        show=False,
    ),
    Binding(
        "w", "save_pdf", N_("Save PDF"), tooltip=N_("Save the PDF as it was sent."), id="estimates.save_pdf", show=False
    ),
    Binding("greater_than_sign", "sort", N_("Sort by the next column"), id="estimates.sort", show=False),
    Binding("less_than_sign", "turn", N_("Reverse the order"), id="estimates.turn", show=False),
    Binding(
        "O",
        "app.outbox",
        N_("Outbox"),
        tooltip=N_("See what is waiting, being sent and sent."),
        id="estimates.outbox",
        show=False,
    ),
    Binding("escape,q", "back", N_("Back"), tooltip=N_("End the search, then go back."), id="estimates.back"),
]
