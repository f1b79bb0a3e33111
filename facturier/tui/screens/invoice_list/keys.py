"""The keys of the invoice list, most likely ones first. Each action is defined here only."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_


def _key(keys: str, action: str, words: str, tooltip: str = "", *, id: str = "", show: bool = False) -> Binding:
    return Binding(keys, action, words, tooltip=tooltip, id=f"list.{id or action}", show=show)


KEYS: list[BindingType] = [
    _key("n", "new", N_("New"), N_("Create an invoice."), show=True),
    _key("n", "next_match", N_("Next match"), N_("Go to the next invoice that the search found."), show=True),
    _key("N", "previous_match", N_("Previous match"), N_("Go to the previous invoice that the search found.")),
    _key("enter", "open", N_("Open"), N_("Open the selected invoice."), show=True),
    _key("s", "send", N_("Send"), N_("Preview the invoice, then send it."), show=True),
    _key("s", "send_marked", N_("Send marked"), N_("Send all marked invoices, wherever the cursor is."), show=True),
    _key("space", "mark", N_("Mark"), N_("Mark the invoice, to act on several at once."), show=True),
    _key(
        "p",
        "pay",
        N_("Payment"),
        N_("Record a payment for the selected invoice, or one for all marked ones. A negative amount is a refund."),
        show=True,
    ),
    _key("slash", "search", N_("Search"), N_("Number, customer, PO number, item or amount."), show=True),
    _key("u", "undo", N_("Undo"), N_("Undo what you did last: a payment, a deletion or a send that is still waiting.")),
    _key("e", "edit", N_("Edit"), N_("Edit a draft, or correct an issued invoice.")),
    _key("a", "alerts", N_("Alerts"), N_("Problems that need your attention.")),
    _key("O", "outbox", N_("Outbox"), N_("See what is waiting, being sent and sent.")),
    _key(
        "number_sign",
        "issue",
        N_("Issue without sending…"),
        N_("Give a draft its number without an email, or mark an issued invoice as sent."),
    ),
    _key("H", "chase", N_("To chase today"), N_("See which reminders are due today, and send them.")),
    _key("I", "items", N_("Items"), N_("See and change what you sell, and its rates.")),
    _key(
        "Q",
        "estimates",
        N_("Estimates"),
        N_("Create and send estimates, and convert them to invoices."),
    ),
    _key("X", "export", N_("Export…"), N_("Write the list, or the marked invoices, into a CSV file.")),
    _key("L", "recurring", N_("Recurring invoices"), N_("See, pause and change what is invoiced on a schedule.")),
    _key(
        "l",
        "make_recurring",
        N_("Make recurring…"),
        N_("Create invoices like this one on a schedule, or change its schedule."),
    ),
    _key("S", "statements", N_("Statements"), N_("The customers with a balance. Show and send statements of account.")),
    _key("R", "reports", N_("Reports"), N_("Aging, sales, payments and taxes for any period.")),
    _key("C", "customers", N_("Customers"), N_("What each customer owes, their details, invoices and payments.")),
    _key("x", "remove_payment", N_("Remove payment…"), N_("Choose a payment to remove.")),
    _key(
        "B",
        "write_off",
        N_("Write off…"),
        N_("Write off the part of the selected invoice that will not be paid, and give a reason."),
    ),
    _key("c", "copy", N_("Duplicate"), N_("Create a draft with the same lines.")),
    _key("d,delete", "delete", N_("Delete draft"), N_("You will be asked to confirm.")),
    _key("v", "void", N_("Void invoice"), N_("Nothing will be due on it. Its number is not used again.")),
    _key("y", "clipboard", N_("Copy"), N_("Copy the number, an amount or an address to the clipboard.")),
    _key("o", "open_pdf", N_("Open PDF"), N_("Open the PDF in the system’s viewer.")),
    _key("w", "save_pdf", N_("Save PDF"), N_("Save the PDF as it was sent.")),
    _key("W", "save_email", N_("Save email"), N_("Save the whole message as it was sent.")),
    _key("m", "message", N_("Sent message"), N_("See exactly what was sent.")),
    _key("r", "try_again", N_("Send to refused"), N_("Send again only to the recipients that were refused.")),
    _key("i", "in_doubt", N_("In doubt"), N_("See what is known, and record whether it was sent.")),
    _key("b", "bounce", N_("Report a bounce"), N_("Record a bounced email.")),
    _key("M", "mark_range", N_("Mark from the last mark to here")),
    _key("asterisk", "mark_all", N_("Mark everything in the list")),
    _key(
        "f",
        "narrow",
        N_("Filter…"),
        N_("Filter by status, customer, dates, amounts and alerts at once. Save filters by name."),
    ),
    _key("apostrophe", "go", N_("Go to"), N_("Type a number, or the first letters of a customer.")),
    _key(
        "dollar_sign",
        "currency",
        N_("Next currency"),
        N_("Show the figures at the top in another currency of your invoices."),
    ),
    _key("right", "filter(1)", N_("Next filter"), id="next"),
    _key("left", "filter(-1)", N_("Previous filter"), id="previous"),
    _key("1", "show('all')", N_("Show all invoices"), id="all"),
    _key("2", "show('not_sent')", N_("Show not sent"), id="not_sent"),
    _key("3", "show('sent')", N_("Show sent"), id="sent"),
    _key("4", "show('overdue')", N_("Show overdue"), id="overdue"),
    _key("5", "show('paid')", N_("Show paid"), id="paid"),
    _key("6", "show('alerts')", N_("Show invoices with alerts"), id="with_alerts"),
    _key("greater_than_sign", "sort", N_("Sort by the next column")),
    _key("less_than_sign", "turn", N_("Reverse the order")),
    _key("comma,f2", "settings", N_("Settings"), N_("Company, sending, sales.")),
    _key("f3", "companies", N_("Companies"), N_("Switch to another company, open one or create one.")),
    _key("escape", "clear", N_("End the search, clear the marks, or show all invoices"), id="clear"),
    _key("q", "app.quit", N_("Quit"), N_("Drafts are kept."), id="quit"),
]
