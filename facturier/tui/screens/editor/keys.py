"""The keys of the invoice editor, most likely ones first."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_
from facturier.tui import keys

# Actions on the line with the cursor, which do nothing elsewhere. They have priority over the keys of the cell's input,
# some of which are the same.
LINE_ACTIONS = ("duplicate", "remove", "move")

KEYS: list[BindingType] = [
    Binding(
        "f9",
        "send",
        N_("Save & send"),
        tooltip=N_("Check the invoice, save it and preview what the customer will get. Nothing is sent yet."),
        id="editor.send",
    ),
    Binding(
        "ctrl+l",
        "details",
        N_("Details"),
        tooltip=N_(
            "In a line: its unit, discount, service date, or make it a heading or subtotal. Elsewhere: the discount, "
            "shipping, deposit, service dates, own number and private notes of the invoice."
        ),
        id="editor.details",
        priority=True,
    ),
    Binding(
        "ctrl+n",
        "save_as_new",
        N_("Save as new draft"),
        tooltip=N_("Save what is on this screen as a copy, beside the version that someone else saved."),
        id="editor.save_as_new",
    ),
    Binding(
        "f5",
        "duplicate",
        N_("Duplicate"),
        tooltip=N_("Copy the line to a new line below it."),
        id="editor.duplicate",
        priority=True,
    ),
    Binding(
        "f12",
        "remove",
        N_("Delete line"),
        tooltip=N_("Delete the line. ^z brings it back."),
        id="editor.remove",
        priority=True,
    ),
    Binding(
        "ctrl+z",
        "undo",
        N_("Undo"),
        tooltip=N_("Undo the last change to the invoice, step by step."),
        id="editor.undo",
        priority=True,
    ),
    Binding(
        "ctrl+s",
        "save",
        N_("Save"),
        tooltip=N_("Save now, and save new items for later invoices. Drafts are also saved automatically."),
        id="editor.save",
    ),
    keys.FILES.on("editor.files", N_("Add files to the email of the invoice, or remove them."), priority=True),
    keys.BACK_FROM_FORM.on("editor.back", N_("Go back to the list. The draft is saved.")),
    Binding(
        "f4",
        "customer",
        N_("Customer"),
        tooltip=N_("Edit the customer of this invoice, or create one with the name you typed."),
        id="editor.customer",
    ),
    keys.NEXT_SECTION.on(
        "editor.next_part",
        N_("Move from the customer to the lines, the message, and back."),
        action="next_part",
        priority=True,
    ),
    Binding(
        "ctrl+g",
        "external_editor",
        N_("Message in $EDITOR"),
        tooltip=N_("Edit the message in the editor that VISUAL or EDITOR names."),
        id="editor.external_editor",
        show=False,
    ),
    Binding(
        "alt+up,shift+up",
        "move(-1)",
        N_("Move up"),
        tooltip=N_("Move the line up."),
        id="editor.up",
        priority=True,
    ),
    Binding(
        "alt+down,shift+down",
        "move(1)",
        N_("Move down"),
        tooltip=N_("Move the line down."),
        id="editor.down",
        priority=True,
    ),
]
