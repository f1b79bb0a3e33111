"""The lines of an invoice during editing, compared with a simple list that does the same."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from facturier.models.books.invoice import Item
from facturier.models.settings.line import Line
from facturier.models.settings.tax import TaxRate
from facturier.tui.screens.editor.lines.line_list import LineList, is_blank
from facturier.tui.screens.editor.lines.suggestions import item_suggestions

RATES = (TaxRate("GST", Decimal(5)), TaxRate("QST", Decimal("9.975")))


def listed(*names: str) -> LineList:
    lines = LineList()
    lines.fill([Line(item=name, quantity="1", rate="1") for name in names], RATES, "CAD")
    return lines


def order(lines: LineList) -> str:
    return "".join(line.item for line in lines.kept)


def test_there_is_always_one_empty_line_at_the_end() -> None:
    lines = listed()
    assert list(lines) == [Line()]
    lines.write(0, "item", "Tea")
    assert [line.item for line in lines] == ["Tea", ""]
    lines.write(0, "item", "")
    assert list(lines) == [Line()]


def test_a_line_with_only_a_detail_is_kept() -> None:
    day = date(2026, 11, 2)
    for line in (Line(unit="HUR"), Line(discount="10%"), Line(service_from=day, service_to=day)):
        lines = listed()
        lines.replace(0, line)
        assert lines.kept == (line,)


def test_a_rate_adds_a_quantity_and_a_tax() -> None:
    lines = listed()
    lines.write(0, "item", "Tea")
    assert lines[0] == Line(item="Tea")
    lines.write(0, "tax", "gst")
    lines.write(0, "rate", "2")
    assert lines[0] == Line(item="Tea", quantity="1", rate="2", tax="GST")
    lines.write(1, "rate", "3")  # gets the tax of the line above
    assert lines[1].tax == "GST"
    lines.write(1, "tax", "")  # the person removes the tax
    lines.write(1, "rate", "35")
    assert lines[1].tax == ""
    lines.write(1, "tax", "nonsense")
    lines.write(2, "rate", "1")  # does not get the tax of a line above that is wrong
    assert lines[2].tax == "GST"


def test_a_customers_tax_takes_precedence_over_an_items() -> None:
    lines = listed()
    lines.take(0, Item("Tea", "green", "2.50", "GST"))
    assert lines[0] == Line("green", "Tea", "1", "2.50", "GST")
    lines.usual_tax = "QST"
    lines.take(1, Item("Tea", "green", "2.50", "GST"))
    assert lines[1].tax == "QST"
    lines.retax("QST", "GST+QST")
    assert [line.tax for line in lines.kept] == ["GST", "GST+QST"]
    lines.company_tax = "GST"
    lines.retax("GST+QST", "")  # a customer without a tax of their own
    assert [line.tax for line in lines.kept] == ["GST", "GST"]
    lines.retax("", "QST")
    assert [line.tax for line in lines.kept] == ["QST", "QST"]


def test_an_invalid_value_stays_with_its_line() -> None:
    lines = listed("A", "B")
    lines.write(0, "rate", "x")
    assert lines.first_problem() == (0, "rate")
    assert lines.move(0, 1)
    assert lines.first_problem() == (1, "rate")
    before = lines.kept
    assert lines.remove(1)
    assert lines.first_problem() is None
    lines.refill(before)
    assert lines.first_problem() == (1, "rate")
    assert lines.recheck(RATES[:1])
    assert not lines.recheck(RATES[:1])


def test_the_empty_line_is_neither_moved_nor_copied_nor_removed() -> None:
    lines = listed("A")
    assert not lines.move(1, -1)
    assert not lines.move(0, 1)
    assert not lines.move(0, -1)
    assert not lines.duplicate(1)
    assert not lines.remove(1)


@given(st.lists(st.tuples(st.sampled_from(["move up", "move down", "duplicate", "remove"]), st.integers(0, 9))))
def test_lines_are_moved_copied_and_removed_like_a_list(steps: list[tuple[str, int]]) -> None:
    lines, plain = listed(*"ABCDE"), list("ABCDE")
    for step, at in steps:
        number = at % (len(plain) + 1)
        inside = number < len(plain)
        if step == "duplicate" and lines.duplicate(number):
            plain.insert(number, plain[number])
        elif step == "remove" and lines.remove(number):
            plain.pop(number)
        elif step.startswith("move"):
            there = number + (1 if step == "move down" else -1)
            if inside and 0 <= there < len(plain):
                plain[number], plain[there] = plain[there], plain[number]
            lines.move(number, there - number)
        assert order(lines) == "".join(plain)
        assert is_blank(lines[lines.last])


def test_a_name_with_that_beginning_is_suggested_first_and_a_new_one_last() -> None:
    items = [Item("Tea"), Item("Green tea")]
    found, meant = item_suggestions(items, "te", "CAD")
    assert [suggestion.text for suggestion in found] == ["Tea", "Green tea", "New item “te”"]
    assert meant == 0
    assert item_suggestions(items[1:], "tea", "CAD")[1] == 1
    assert item_suggestions(items, "GREEN TEA", "CAD") == (found[:2], 1)
    assert item_suggestions([], "", "CAD") == ([], -1)
