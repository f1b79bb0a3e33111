"""Styles that were found once and used again are those that Textual would find."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Label, Rule

from facturier.tui.textual_private.app import AppHooks


class Form(Screen[None]):
    """Fields that only an id, a class, an order or a state of what they are in tells apart."""

    def compose(self) -> ComposeResult:
        for name, classes in (("first", ""), ("second", ""), ("third", "marked"), ("off", "")):
            with Vertical(id=name, classes=classes, disabled=name == "off"):
                yield Label("one")
                yield Label("two")
        with Vertical():
            yield Input()
            yield Input()
            yield Rule()
            yield Rule()
        with Vertical():
            yield Input()
            yield Rule()
            with Vertical(id="inner"):
                yield Label("one")
                yield Label("two")
        for can_focus in (True, False):
            with Vertical():
                label = Label("one")
                label.can_focus = can_focus
                yield label


class Program(AppHooks, inherit_bindings=False):
    """An app with these styles."""

    CSS = """
        Label { width: 1; }
        #second Label { width: 2; }
        .marked Label { width: 3; }
        Vertical:focus-within Rule { width: 4; }
        #inner > Label { width: 5; }
        Vertical:disabled Label { width: 6; }
        Rule:last-child { height: 7; }
        Label:hover { width: 8; }
        Label:can-focus { width: 9; }
        Input:light { height: 3; }
        Input:focus > .input--cursor { background: red; }
    """

    def get_default_screen(self) -> Form:
        return Form()

    def can_show_errors(self) -> bool:
        return False

    def handle_error(self, error: Exception) -> None:
        raise error


def rules_of(widget: Widget) -> list[object]:
    parts = [widget.get_component_styles(name).base.get_rules() for name in sorted(widget._get_component_classes())]
    return [widget._css_styles.get_rules(), *parts]


async def test_the_styles_are_those_that_textual_finds() -> None:
    app = Program()
    async with app.run_test() as pilot:
        app.theme = "textual-light"
        await pilot.press("tab")
        await pilot.hover("#first Label")
        widgets = [*app.screen.walk_children(Widget, with_self=True)]
        remembered = [rules_of(widget) for widget in widgets]
        assert {str(label.styles.width) for label in app.query(Label)} == {"1", "2", "3", "5", "6", "8", "9"}
        assert {str(field.styles.height) for field in app.query(Input)} == {"3"}
        app.stylesheet.__class__ = Stylesheet
        app.stylesheet.update(app.screen)
        assert remembered == [rules_of(widget) for widget in widgets]
