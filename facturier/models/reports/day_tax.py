"""The taxes and sales of one day, on either basis."""

from typing import NamedTuple


class DayTax(NamedTuple):
    """One rate on one day: `day` is an ISO date, `percent` decimal text, `base` and `tax` minor units."""

    day: str
    code: str
    percent: str
    category: str
    documents: int
    base: int
    tax: int


class DaySales(NamedTuple):
    """What was sold on a day without taxes, in minor units."""

    day: str
    documents: int
    net: int
