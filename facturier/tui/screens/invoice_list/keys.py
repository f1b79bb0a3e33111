"""The keys of the invoice list, most likely ones first. Each action is defined here only."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_
from facturier.tui import keys


def _key(keys: str, action: str, words: str, tooltip: str = "", *, id: str = "", show: bool = False) -> Binding:
    return Binding(keys, action, words, tooltip=tooltip, id=f"list.{id or action}", show=show)


KEYS: list[BindingType] = [
    keys.NEW.on("list.new", N_("Create an invoice.")),
    _key("n", "next_match", N_("Next match"), N_("Go to the next invoice that the search found."), show=True),
    _key("N", "previous_match", N_("Previous match"), N_("Go to the previous invoice that the search found.")),
    keys.OPEN.on("list.open", N_("Open the selected invoice.")),
    keys.SEND.on("list.send", N_("Preview the invoice, then send it.")),
    _key("s", "send_marked", N_("Send marked"), N_("Send all marked invoices, wherever the cursor is."), show=True),
    keys.MARK.on("list.mark", N_("Mark the invoice, to act on several at once.")),
    keys.PAY.on(
        "list.pay",
        N_("Record a payment for the selected invoice, or one for all marked ones. A negative amount is a refund."),
    ),
    keys.SEARCH.on("list.search", N_("Number, customer, PO number, item or amount.")),
    keys.UNDO.on(
        "list.undo", N_("Undo what you did last: a payment, a deletion or a send that is still waiting."), show=False
    ),
    keys.EDIT.on("list.edit", N_("Edit a draft, or correct an issued invoice."), show=False),
    _key("a", "alerts", N_("Alerts"), N_("Problems that need your attention.")),
    keys.OUTBOX.on("list.outbox", show=False),
    keys.ISSUE.on(
        "list.issue", N_("Give a draft its number without an email, or mark an issued invoice as sent."), show=False
    ),
    _key("H", "chase", N_("Reminders due today"), N_("See which reminders are due today, and send them.")),
    _key("I", "items", N_("Items"), N_("See and change what you sell, and its rates.")),
    _key(
        "Q",
        "estimates",
        N_("Estimates"),
        N_("Create and send estimates, and convert them to invoices."),
    ),
    keys.EXPORT.on("list.export", N_("Write the list, or the marked invoices, into a CSV file."), show=False),
    _key("L", "recurring", N_("Recurring invoices"), N_("See, pause and change what is invoiced on a schedule.")),
    keys.MAKE_RECURRING.on("list.make_recurring", show=False),
    _key("S", "statements", N_("Statements"), N_("The customers with a balance. Show and send statements of account.")),
    _key("R", "reports", N_("Reports"), N_("Aging, sales, payments and taxes for any period.")),
    _key("V", "payments", N_("Payments"), N_("All payments: find one by its amount, change it, send its receipt.")),
    _key("C", "customers", N_("Customers"), N_("What each customer owes, their details, invoices and payments.")),
    keys.REMOVE_PAYMENT.on("list.remove_payment", show=False),
    keys.APPLY_CREDIT.on("list.apply_credit", show=False),
    keys.WRITE_OFF.on(
        "list.write_off",
        N_("Write off the part of the selected invoice that will not be paid, and give a reason."),
        show=False,
    ),
    keys.DUPLICATE.on("list.copy", show=False),
    keys.DELETE_DRAFT.on("list.delete", show=False),
    keys.VOID_INVOICE.on("list.void", show=False),
    keys.COPY.on("list.clipboard", show=False),
    keys.OPEN_PDF.on("list.open_pdf", show=False),
    keys.SAVE_PDF.on("list.save_pdf", show=False),
    keys.SAVE_EMAIL.on("list.save_email", action="save_email", show=False),
    _key("m", "message", N_("Sent message"), N_("See exactly what was sent.")),
    keys.SEND_TO_REFUSED.on("list.try_again", action="try_again", show=False),
    keys.IN_DOUBT.on("list.in_doubt", action="in_doubt", show=False),
    _key("b", "bounce", N_("Report a bounce"), N_("Record a bounced email.")),
    _key("M", "mark_range", N_("Mark from the last mark to here")),
    keys.MARK_ALL.on("list.mark_all", show=False),
    _key(
        "f",
        "narrow",
        N_("Filter…"),
        N_("Filter by status, customer, dates, amounts and alerts at once. Save filters by name."),
    ),
    _key("apostrophe", "go", N_("Go to"), N_("Type a number, or the first letters of a customer.")),
    keys.NEXT_CURRENCY.on(
        "list.currency", N_("Show the figures at the top in another currency of your invoices."), show=False
    ),
    _key("right", "filter(1)", N_("Next filter"), id="next"),
    _key("left", "filter(-1)", N_("Previous filter"), id="previous"),
    _key("1", "show('all')", N_("Show all invoices"), id="all"),
    _key("2", "show('not_sent')", N_("Show not sent"), id="not_sent"),
    _key("3", "show('sent')", N_("Show sent"), id="sent"),
    _key("4", "show('overdue')", N_("Show overdue"), id="overdue"),
    _key("5", "show('paid')", N_("Show paid"), id="paid"),
    _key("6", "show('alerts')", N_("Show invoices with alerts"), id="with_alerts"),
    keys.SORT.on("list.sort", show=False),
    keys.REVERSE.on("list.turn", show=False),
    _key("comma,f2", "settings", N_("Settings"), N_("Company, sending, sales.")),
    _key("f3", "companies", N_("Companies"), N_("Switch to another company, open one or create one.")),
    _key("escape", "clear", N_("End the search, clear the marks, or show all invoices"), id="clear"),
    _key("q", "app.quit", N_("Quit"), N_("Drafts are kept."), id="quit"),
]
