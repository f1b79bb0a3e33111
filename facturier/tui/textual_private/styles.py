"""The styles of widgets, found once for all that are in the same place."""

from collections.abc import Container
from typing import Any

from textual.app import App
from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RenderStyles, RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget


def remember_styles(app: App[Any]) -> None:
    """Make an app find the rules for a widget once. Call it before the app has read any styles."""
    app.stylesheet = _RememberedStyles(variables=app.stylesheet._variables)
    RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]


class _RememberedStyles(Stylesheet):
    """Finds the rules for a widget once. Textual finds them again for every widget, and for each part of it such as the
    cursor of an input. They are the same if the widget and all that it is in have the same class, id, style classes and
    state."""

    _applied: dict[Any, tuple[Any, ...]]
    _ids: frozenset[str]  # those that any rule names, for the widget or for what it is in
    _found_in: Any = None  # the rules that the remembered ones are among

    def apply(self, node: DOMNode, *, animate: bool = False, cache: Any = None) -> None:  # noqa: ARG002 (ours is larger)
        if self.rules_map is not self._found_in:
            self._found_in, self._applied = self.rules_map, {}
            selectors = (each for rule in self.rules for one in rule.selector_set for each in one.selectors)
            self._ids = frozenset(each.name for each in selectors if each.type is SelectorType.ID)
        key = _place_of(node, self._ids)
        if (known := self._applied.get(key)) is not None:
            rules, used, *states = known
            node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even = states
            if not _use(node, used):
                self.replace_rules(node, rules, animate=animate)
            self._process_component_classes(node)
            return
        found: dict[Any, Any] = {}  # stays empty if the rules depend on anything else, such as the order of widgets
        super().apply(node, animate=animate, cache=found)
        for rules in found.values():
            states = [node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even]
            used = {} if animate else node.styles.base.get_rules()
            self._applied[key] = (rules, used, *states)

    def _process_component_classes(self, node: DOMNode) -> None:
        """Find the styles of the parts of a widget when they are asked for: most are never drawn."""
        names = node._get_component_classes()
        if not names:
            return
        parts = node._component_styles
        if not isinstance(parts, _Parts):
            node._component_styles = _Parts(self, node, names)
        elif parts.find_again(names):
            node.refresh()

    def style_of_part(self, node: DOMNode, name: str) -> RenderStyles:
        """Return the styles of a part of a widget."""
        part = DOMNode(classes=name)
        part._attach(node)
        self.apply(part)
        return part.styles


class _Parts(dict[str, RenderStyles]):
    """The styles of the parts of a widget. Each is found when it is asked for, and found again with the widget's."""

    def __init__(self, sheet: _RememberedStyles, node: DOMNode, names: Container[str]) -> None:
        super().__init__()
        self._sheet, self._node, self._names = sheet, node, names

    def __contains__(self, name: object) -> bool:
        return name in self._names or super().__contains__(name)

    def __missing__(self, name: str) -> RenderStyles:
        if name not in self._names:
            raise KeyError(name)
        self[name] = found = self._sheet.style_of_part(self._node, name)
        return found

    def find_again(self, names: Container[str]) -> bool:
        """Find again what was asked for before. Return whether it has changed."""
        before = dict(self)
        self.clear()
        self._names = names
        return any(self[name] != styles for name, styles in before.items())

    def clear(self) -> None:
        super().clear()
        self._names = ()


def _use(node: DOMNode, rules: RulesMap) -> bool:
    """Use these rules if the node has them already, or none yet: to replace them one by one takes much longer. Return
    whether it has them now."""
    base = node.styles.base
    if rules and not base._rules and not node._is_mounted:
        base.merge_rules(rules)
    elif base._rules != rules:
        return False
    node.notify_style_update()
    return True


def _place_of(node: DOMNode, ids: Container[str]) -> tuple[Any, ...]:
    """Return all that decides which rules apply to a node."""
    place: list[Any] = []
    above: Any = node
    while isinstance(above, DOMNode):
        name = above._id if above._id in ids else None
        state: Any = None
        if isinstance(above, Widget):
            state = (above.has_focus, above.mouse_hover, above.disabled, above.can_focus)
        elif isinstance(above, App):
            state = frozenset(above.get_pseudo_classes())
        place += (type(above), name, above.classes, state)
        above = above._parent
    return tuple(place)
