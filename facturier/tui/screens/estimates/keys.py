"""The keys of the list of estimates, most likely ones first."""

from textual.binding import BindingType

from facturier.models.text.i18n import N_
from facturier.tui import keys

KEYS: list[BindingType] = [
    keys.NEW.on("estimates.new", N_("Create an estimate.")),
    keys.OPEN.on("estimates.open", N_("Open the selected estimate.")),
    keys.SEND.on("estimates.send", N_("Preview the estimate, then send it.")),
    keys.CONVERT.on("estimates.turn_into_invoice"),
    keys.ACCEPTED.on("estimates.accepted"),
    keys.DECLINED.on("estimates.declined"),
    keys.UNDO.on("estimates.undo", N_("Undo what you did last, or a send.")),
    keys.EDIT.on("estimates.edit", N_("Edit a draft, or correct an issued estimate.")),
    keys.DUPLICATE.on("estimates.copy"),
    keys.SEARCH.on("estimates.search", N_("Number, customer, item or amount.")),
    keys.DELETE_DRAFT.on("estimates.delete", show=False),
    keys.VOID_ESTIMATE.on("estimates.void", show=False),
    keys.ISSUE.on(
        "estimates.issue",
        N_("Give a draft its number without an email, or mark an issued estimate as sent."),
        show=False,
    ),
    keys.OPEN_PDF.on("estimates.open_pdf", show=False),
    keys.SAVE_PDF.on("estimates.save_pdf", show=False),
    keys.EXPORT.on("estimates.export", N_("Write the list into a CSV file."), show=False),
    keys.SORT.on("estimates.sort", show=False),
    keys.REVERSE.on("estimates.turn", show=False),
    keys.OUTBOX.on("estimates.outbox", action="app.outbox", show=False),
    keys.BACK.on("estimates.back", N_("End the search, then go back."), action="back"),
]
