"""The keys of the invoice editor, in the order in which they are likely to be wanted."""

from textual.binding import Binding, BindingType

from facturier.models.text.i18n import N_

# What is done to the line that the cursor is in: nothing while it is elsewhere. They go before the keys of the input in
# the cell, which are the same for some.
LINE_ACTIONS = ("duplicate", "remove", "restore", "move")

KEYS: list[BindingType] = [
    Binding(
        "f9",
        "send",
        N_("Save & send"),
        tooltip=N_("Check the invoice, save it and look at what the customer will get. Nothing leaves yet."),
        id="editor.send",
    ),
    Binding(
        "ctrl+s",
        "save",
        N_("Save"),
        tooltip=N_("Save now, and keep new items for the next invoice. Drafts save themselves, too."),
        id="editor.save",
    ),
    Binding(
        "ctrl+n",
        "save_as_new",
        N_("Save as new draft"),
        tooltip=N_("Keep what is on this screen beside the version that someone else has saved."),
        id="editor.save_as_new",
    ),
    Binding(
        "ctrl+d",
        "duplicate",
        N_("Duplicate line"),
        tooltip=N_("The line once more, below itself."),
        id="editor.duplicate",
        priority=True,
    ),
    Binding(
        "ctrl+k",
        "remove",
        N_("Remove line"),
        tooltip=N_("Take the line out. ^z puts it back."),
        id="editor.remove",
        priority=True,
    ),
    Binding(
        "ctrl+z",
        "restore",
        N_("Put back"),
        tooltip=N_("What the cell said before you typed; else the line that was removed last."),
        id="editor.restore",
        priority=True,
    ),
    Binding("escape", "back", N_("Back"), tooltip=N_("Back to the list; the draft is saved."), id="editor.back"),
    Binding(
        "f2",
        "customer",
        N_("Customer"),
        tooltip=N_("Change the customer of this invoice, or make a new one of the name that was typed."),
        id="editor.customer",
    ),
    Binding(
        "f6",
        "next_part",
        N_("Next part"),
        tooltip=N_("Go from the customer to the lines, to the message, and round again."),
        id="editor.next_part",
        priority=True,  # a TextArea has an F6 of its own
    ),
    Binding(
        "f7,alt+up",
        "move(-1)",
        N_("Line up"),
        tooltip=N_("Change places with the line above."),
        id="editor.up",
        priority=True,
    ),
    Binding(
        "f8,alt+down",
        "move(1)",
        N_("Line down"),
        tooltip=N_("Change places with the line below."),
        id="editor.down",
        priority=True,
    ),
]
