"""Each key has one meaning in the whole program, and each action has one key."""

from collections import defaultdict
from collections.abc import Iterator

from textual.binding import Binding

from facturier.tui import keys as shared
from facturier.tui.keymap.catalogue import keys_of, owners

# The main action of a form or dialog, saving it, and closing it. Their names depend on the screen.
FORMS = {"enter", "f9", "ctrl+s", "escape"}
# Digits select a numbered option on the screen.
DIGITS = set("123456789")
# On these screens, `y`, `o` and `n` are answers.
QUESTIONS = {"ConfirmScreen", "QuitScreen", "UnsavedScreen", "DoubtScreen"}
# Descriptions with the same meaning for the person who presses the key.
SAME = (
    {"Allow as…", "Request access"},
    {"Back", "Cancel", "Close", "Quit"},
    {"Bounce", "Record a bounce", "Report a bounce"},
    {"Choose the invoice", "Customer"},
    {"Choose", "Close", "Mark", "Next page"},  # Space acts on the current row and moves on
    {"Copy", "Copy…", "Copy the link"},
    {"Columns", "Correct…", "Edit"},
    {"Archive", "Delete", "Delete draft", "Dismiss", "Dismiss the checklist", "Exclude", "Remove"},
    {"Choose", "Down", "Next", "Back to list"},
    {"Details", "Details of the invoice"},
    {"Earlier", "Older"},
    {"Editor", "Message in $EDITOR"},
    {"Cash or accrual", "Close", "Formatted", "Image", "Plain", "QR code", "Text"},  # `t` switches between two views
    {"Archived", "Filter…", "Hide archived", "Show archived"},  # `f` says what a list shows
    {"Help", "Back"},  # `?` in the help
    {"Issue without sending…", "Mark as sent…"},
    {"Make recurring…", "Schedule…"},
    {"Include all", "Mark everything in the list"},
    {"Mark from the last mark to here", "Merge…"},  # customers are not marked
    {"Message", "Sent message"},
    {"New", "New invoice", "New company", "New company…", "Next match"},  # during a search, `n` goes to the next match
    {"Later", "Newer"},
    {"Next tab", "Next view"},
    {"Earlier", "Older"},
    {"Open", "Open PDF", "Open a file", "Open a file…"},
    {"Page down", "Next page"},
    {"Page up", "Previous page"},
    {"Pause", "Resume"},
    {"Period…", "Zoom in"},  # `=` zooms in because it is `+` without Shift, and only a document can be zoomed
    {"Choose", "Previous", "Up"},
    {"Reconnect", "Send to refused", "Try again"},
    {"Send", "Send again", "Send marked"},
    {"Accepted", "Zoom in"},  # an estimate is answered where no document is shown
    {"Declined", "Zoom out"},
    {"Void estimate", "Void invoice"},
    {"Statement", "Statements"},
    {"Undo", "Undo archive", "Undo send", "Undo, or suspend"},
)
# Several keys for one action: letters besides arrows, keys for text fields, and keys that some keyboards lack.
ALIASES = (
    {"alt+down", "shift+down"},
    {"alt+up", "shift+up"},
    {"c", "f5"},
    {"colon", "ctrl+p"},
    {"comma", "f2"},
    {"d", "delete"},
    {"down", "j"},
    {"end", "G"},
    {"home", "g"},
    {"k", "up"},
    {"o", "y"},
    {"y", "Y"},  # if `y` is an answer
    {"pagedown", "space"},
    {"q", "ctrl+q"},
    {"q", "question_mark", "space", "t"},
    {"down", "space", "up"},
    {"question_mark", "f1"},
    {"u", "ctrl+z"},
)


# Widgets that scroll or choose, and the apps, define their own keys.
ALONE = {"FacturierApp", "WelcomeApp", "HelpScreen", "Options", "PaletteScreen", "RowList", "DocumentView"}


def bindings() -> Iterator[tuple[str, Binding]]:
    for owner in owners():
        for binding in owner.bindings:
            yield owner.name, binding


def together(found: set[str], groups: tuple[set[str], ...]) -> bool:
    return len(found) < 2 or any(found <= group for group in groups)


def test_no_key_has_two_meanings() -> None:
    meanings = defaultdict(set)
    for owner, binding in bindings():
        for key in keys_of(binding):
            if key not in FORMS | DIGITS and not (owner in QUESTIONS and key in "yon"):
                meanings[key].add(binding.description)
    assert {key: found for key, found in meanings.items() if not together(found, SAME)} == {}


def test_no_action_has_two_keys() -> None:
    keys = defaultdict(set)
    for _owner, binding in bindings():
        keys[binding.description].update(set(keys_of(binding)) - FORMS - DIGITS)
    assert {action: found for action, found in keys.items() if not together(found, ALIASES)} == {}


def test_a_key_of_a_screen_hides_none_of_the_app() -> None:
    [app] = [owner for owner in owners() if owner.name == "FacturierApp"]
    everywhere = {key for binding in app.bindings for key in keys_of(binding)}
    hidden = {
        (owner, key, binding.description)
        for owner, binding in bindings()
        for key in everywhere.intersection(keys_of(binding))
        if owner != "FacturierApp" and binding.description != "Undo"  # the same action as the app's
    }
    assert hidden == {("HelpScreen", "question_mark", "Back")}


def test_every_id_belongs_to_one_action() -> None:
    """The key file changes a binding by its id. Two states of one action may share an id."""
    classes = defaultdict(set)
    for owner in owners():
        for binding in owner.bindings:
            classes[binding.id].add((owner.name, binding.key))
    assert {name: found for name, found in classes.items() if len(found) > 1} == {}


def test_a_key_that_several_screens_have_is_defined_once() -> None:
    defined = {(key.keys, key.words) for key in vars(shared).values() if isinstance(key, shared.Key)}
    screens = defaultdict(set)
    for owner, binding in bindings():
        if owner not in ALONE:
            screens[binding.key, binding.description].add(owner)
    several = {(keys, words) for (keys, words), found in screens.items() if len(found) > 1}
    assert {(keys, words) for keys, words in several - defined if not FORMS.issuperset(keys.split(","))} == set()
    assert defined - several == set()
