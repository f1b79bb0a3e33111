"""Walk through the settings: open them, enter something, save it, and read what the screen says."""

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, TextArea

from facturier.tui.screens.settings.screen import SettingsScreen
from facturier.tui.screens.settings.sections import sections
from facturier.tui.widgets.inputs.picker import Picker
from tests.models.making import TODAY
from tests.tui.support.sample import Shop
from tests.tui.support.screen_text import sees, text_of, until


async def opened(pilot: Pilot[None], shop: Shop, section: str = "contact") -> list[None]:
    """Open the settings at a section. Return a list that gets an entry when they are closed."""
    answers: list[None] = []
    await pilot.app.push_screen(SettingsScreen(shop.ws, section), answers.append)
    await until(pilot, lambda: "Account and settings" in text_of(pilot.app).splitlines()[0])
    return answers


SECTIONS = {entry.id: section.id for section in sections(TODAY) for entry in section.entries}
SECTIONS |= {"sender-password": "sender", "screens-language": "language", "screens-glyphs": "language"}


async def put(pilot: Pilot[None], entry: str, text: str) -> str:
    """Replace the text of an entry, as by pasting, and return the text before. The settings go to its section."""
    if isinstance(pilot.app.screen, SettingsScreen):
        listed = pilot.app.screen.query_one("#settings-list", OptionList)
        listed.highlighted = listed.get_option_index(SECTIONS[entry])
        await until(pilot, lambda: bool(pilot.app.screen.query(f"#{entry}")))
        await pilot.pause()
    box = pilot.app.screen.query_one(f"#{entry}")
    if box.query(TextArea):
        area = box.query_one(TextArea)
        before, area.text = area.text, text
        area.focus()
    elif box.query(Picker):
        choice: Picker[str] = box.query_one(Picker)
        before, choice.value = str(choice.value), text
    else:
        field = box.query_one(Input)
        before, field.value = field.value, text
        field.focus()
    return before


def words(pilot: Pilot[None]) -> str:
    """Return the text of the pane beside the list, or of a dialog, without line breaks."""
    at = 24 if isinstance(pilot.app.screen, SettingsScreen) else 0
    return " ".join(" ".join(line[at:] for line in text_of(pilot.app).splitlines()).replace("│", " ").split())


async def saved(pilot: Pilot[None]) -> None:
    await pilot.press("ctrl+s")
    # The title may still say it of the save before.
    await until(
        pilot, lambda: not any(one.group.startswith("settings-") for one in pilot.app.workers if one.is_running)
    )
    await sees(pilot, "✓ Saved")
