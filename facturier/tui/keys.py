"""The keys that several screens have, each with its words. So a key has one meaning in the whole program.

A screen adds the id, and what the key does there: `keys.SEARCH.on("items.search", N_("Name, description or SKU."))`.
"""

from typing import NamedTuple

from textual.binding import Binding

from facturier.models.text.i18n import N_


class Key(NamedTuple):
    """`keys` as Textual names them, the action that most screens call, and the words in the footer. `display` is how
    the footer shows the keys."""

    keys: str
    action: str
    words: str
    tooltip: str = ""
    display: str | None = None

    def on(self, id: str, tooltip: str = "", *, action: str = "", show: bool = True, priority: bool = False) -> Binding:
        """Return the binding of a screen. `show` is whether the footer may show it. With `priority`, the key counts
        before those of the widget that has the focus."""
        return Binding(
            self.keys,
            action or self.action,
            self.words,
            tooltip=tooltip or self.tooltip,
            id=id,
            show=show,
            key_display=self.display,
            priority=priority,
        )


# Forms and dialogs
SAVE = Key("f9,ctrl+s", "save", N_("Save"), display="F9 ^s")
DONE = Key("f9,ctrl+s", "save", N_("Done"), display="F9 ^s")
RECORD = Key("enter,f9,ctrl+s", "record", N_("Record"))
CANCEL = Key("escape", "dismiss(None)", N_("Cancel"))
CANCEL_CHOICE = Key("escape,q", "dismiss(None)", N_("Cancel"))
CHOOSE = Key("enter,space", "choose", N_("Choose"))
CLOSE = Key("escape,enter,space", "dismiss", N_("Close"))
STAY = Key("n,escape", "dismiss(False)", N_("Stay"), display="n")
NEXT_SECTION = Key("f6", "next_section", N_("Next section"))  # with priority: a TextArea has an F6 of its own
BACK_FROM_FORM = Key("escape", "back", N_("Back"))

# Lists
BACK = Key("escape,q", "dismiss", N_("Back"))
NEW = Key("n", "new", N_("New"))
OPEN = Key("enter", "open", N_("Open"))
OPEN_WITH_O = Key("o", "open", N_("Open"))  # where Enter does something else
EDIT = Key("e", "edit", N_("Edit"))
OPEN_TO_EDIT = Key("enter,e", "edit", N_("Edit"))
DUPLICATE = Key("c", "copy", N_("Duplicate"), N_("Create a draft with the same lines."))
UNDO = Key("u", "undo", N_("Undo"))
OUTBOX = Key("O", "outbox", N_("Outbox"), N_("See what is waiting, being sent and sent."))
SEARCH = Key("slash", "search", N_("Search"))
SORT = Key("greater_than_sign", "sort", N_("Sort by the next column"))
REVERSE = Key("less_than_sign", "turn", N_("Reverse the order"))
MARK = Key("space", "mark", N_("Mark"))
MARK_ALL = Key("asterisk", "mark_all", N_("Mark everything in the list"))
INCLUDE_ALL = Key("asterisk", "include_doubtful", N_("Include all"))
BACK_TO_LIST = Key("down", "to_list", N_("Back to list"))
BACK_FROM_SEARCH = Key("enter,down", "leave", N_("Back to list"))
EXPORT = Key("X", "export", N_("Export…"))
NEXT_CURRENCY = Key("dollar_sign", "currency", N_("Next currency"))
HISTORY = Key("h", "history", N_("History"), N_("Show or hide the history."))

# Removing
ARCHIVE = Key(
    "d,delete",
    "put_away",
    N_("Archive"),
    N_("Archive the customer, or bring an archived one back. A customer without invoices is deleted."),
)
DELETE = Key("d,delete", "delete", N_("Delete"))
DELETE_DRAFT = Key("d,delete", "delete", N_("Delete draft"), N_("You will be asked to confirm."))
DISMISS = Key("d,delete", "dismiss_alert", N_("Dismiss"), N_("Dismiss the alert."))
REMOVE = Key("d,delete", "remove", N_("Remove"))
MERGE = Key("M", "merge", N_("Merge…"))

# Periods and schedules
PERIOD = Key("equals_sign", "period", N_("Period…"), N_("Choose between the open items and a period."))
EARLIER = Key("left_square_bracket", "go(-1)", N_("Earlier"), N_("Show the previous period."))
LATER = Key("right_square_bracket", "go(1)", N_("Later"), N_("Show the next period."))
PAUSE = Key("z", "pause", N_("Pause"))
RESUME = Key("z", "resume", N_("Resume"))
MAKE_RECURRING = Key(
    "l",
    "make_recurring",
    N_("Make recurring…"),
    N_("Create invoices like this one on a schedule, or change its schedule."),
)

# Documents and emails
OPEN_PDF = Key("o", "open_pdf", N_("Open PDF"), N_("Open the PDF in the system’s viewer."))
SAVE_PDF = Key("w", "save_pdf", N_("Save PDF"), N_("Save the PDF as it was sent."))
SAVE_EMAIL = Key("W", "save_eml", N_("Save email"), N_("Save the whole message as it was sent."))
FILES = Key("ctrl+f", "files", N_("Files"))  # with priority: an input has a Ctrl+F of its own
NEXT_VIEW = Key("ctrl+t", "turn", N_("Next view"))
COPY = Key("y", "clipboard", N_("Copy"), N_("Copy the number, an amount or an address to the clipboard."))
COPY_LINK = Key("y", "copy", N_("Copy the link"), N_("Copy the link to the clipboard."))

# Sending
SEND = Key("s", "send", N_("Send"))
SEND_ALL = Key("f9", "send_all", N_("Send all"))
ISSUE = Key("number_sign", "issue", N_("Issue without sending…"))
SEND_TO_REFUSED = Key(
    "r", "send_to_refused", N_("Send to refused"), N_("Send again only to the recipients that were refused.")
)
TRY_AGAIN = Key("r", "remind_again", N_("Try again"), N_("Send the last reminder again after a refusal or a bounce."))
IN_DOUBT = Key("i", "doubt", N_("In doubt"), N_("See what is known, and record whether it was sent."))
PROMISE_OR_DISPUTE = Key(
    "D", "silence", N_("Promise or dispute…"), N_("Record a promise or a dispute, or turn reminders off.")
)

# Money
PAY = Key("p", "pay", N_("Payment"))
APPLY_CREDIT = Key(
    "P",
    "apply_credit",
    N_("Apply credit…"),
    N_("Apply a credit note, or what the customer paid before, to an invoice of the same customer."),
)
REMOVE_PAYMENT = Key("x", "remove_payment", N_("Remove payment…"), N_("Choose a payment to remove."))
WRITE_OFF = Key("B", "write_off", N_("Write off…"))
VOID_INVOICE = Key("v", "void", N_("Void invoice"), N_("Nothing will be due on it. Its number is not used again."))

# Estimates
ACCEPTED = Key(
    "plus",
    "answer('accepted')",
    N_("Accepted"),
    N_("Record that the customer accepted it. Press the key again to remove the answer."),
)
DECLINED = Key(
    "minus",
    "answer('declined')",
    N_("Declined"),
    N_("Record that the customer declined it. Press the key again to remove the answer."),
)
CONVERT = Key(
    "T",
    "turn_into_invoice",
    N_("Convert…"),
    N_("Create an invoice for the whole estimate, a percentage such as a deposit, or some lines."),
)
VOID_ESTIMATE = Key("v", "void", N_("Void estimate"), N_("Withdraw an issued estimate. Its number is not used again."))
