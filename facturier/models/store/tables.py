"""The tables of the company file as Peewee models, in one module because their columns refer to each other.

The migrations create the schema, these models describe it, and `test_tables.py` compares the two. A model states what
queries need: columns, their types, keys and references. Defaults, CHECKs, indexes and generated columns are only in the
migrations. `Meta.generated` names the generated columns, because they cannot be written.

Some parts are plain SQL in the migrations, because Peewee cannot express them: the triggers, which must apply to every
program that writes the file; the FTS5 trigram index `found`, which stores no columns of its own and which
`facturier.models.listing` searches; and the partial index over an expression that makes an open alert unique.

`Store` runs queries on these models. Rows never become model instances: they are tuples or, with `.objects(…)`, our own
frozen classes.
"""

from typing import Any

import peewee

from facturier.models.books.alert_kind import AlertKind
from facturier.models.books.status import (
    Answer,
    BookStatus,
    DeliveryKind,
    InvoiceKind,
    PaymentKind,
    PeriodUnit,
    Prices,
    RecurringAction,
    Silence,
    State,
)
from facturier.models.outbox.sender_kind import SenderKind
from facturier.models.settings.line import LineKind
from facturier.models.store.fields import (
    Blob,
    Choice,
    Day,
    DecimalText,
    Flag,
    Instant,
    Json,
    Money,
    Reference,
    Text,
    Texts,
    Whole,
)
from facturier.models.text.dates.dates import LONGEST

_COUNT = 1 << 53  # more than any real count, and far from SQLite's largest integer, so that it can still increase
_TERMS = 36_525


class Table(peewee.Model):
    class Meta:
        legacy_table_names = False
        strict_tables = True
        primary_key = False  # each table names its own, because Peewee takes time to copy an inherited one
        generated: tuple[str, ...] = ()

    def __init__(self, **_columns: object) -> None:
        raise RuntimeError("rows are read into our own classes")

    @classmethod
    def select(cls, *columns: Any) -> Any:
        """Select rows as tuples, unless the query adds `.objects(…)`."""
        return super().select(*columns).tuples()


class Setting(Table):
    key = Text(primary_key=True)
    value = Text()  # JSON, decoded per key, so that a damaged value affects only its own setting

    class Meta:
        without_rowid = True


class Customer(Table):
    id = peewee.AutoField()
    name = Text()
    contact = Text()
    email = Text()
    cc = Text()
    bcc = Text()
    address = Text()
    language = Text()
    terms = Whole(0, LONGEST, null=True)  # days
    tax = Text()
    folded = Text()  # name, contact and email, folded for searching
    currency = Text()  # empty for the company's own
    telephone = Text()
    contacts = Json()  # [{"name": …, "email": …, "telephone": …, "copy": …}, …]
    street = Text()
    city = Text()
    region = Text()  # province or state
    postcode = Text()
    country = Text()  # ISO 3166-1, two letters
    ship_to = Text()  # as it is printed
    business_number = Text()  # Canada Revenue Agency
    qst_number = Text()  # Revenu Québec
    vat_id = Text()
    notes = Text()  # never printed
    archived = Flag()
    terms_rule = Text()  # what terms have besides the days, such as eom or 2/10
    chase_off = Flag()  # no reminders


class Item(Table):
    name = Text(primary_key=True)
    description = Text()
    rate = DecimalText()
    tax = Text()
    folded = Text()  # name and description, folded for searching
    sku = Text()
    description_fr = Text()
    unit = Text()  # UN/ECE Recommendation 20, such as HUR
    rates = Texts()  # {currency: decimal text} besides the company's currency
    archived = Flag()

    class Meta:
        without_rowid = True


class Invoice(Table):
    id = peewee.AutoField()
    number = Text(null=True, unique=True)
    reserved = Text(null=True)  # the number that a draft gets again when it is issued
    book_status = Choice(BookStatus, column_name="standing")
    customer_id = Reference(Customer, null=True)
    customer = Text()  # the customer as it was when the invoice was saved
    contact = Text()
    email = Text()
    cc = Text()
    bcc = Text()
    address = Text()
    language = Text()
    date = Day()
    terms = Whole(-_TERMS, _TERMS)  # days
    due = Day()
    currency = Text()
    reference = Text()
    project = Text()
    message = Text()
    rates = Json()  # [[code, percent as decimal text], …]
    per_line = Flag()
    total = Money()
    paid = Money()  # kept by triggers
    settled = Day(empty=True)  # the day of the latest payment, kept by triggers
    balance = Money()
    delivery = Choice(State, null=True)  # the state of the latest delivery, kept by triggers
    reached = Whole(0, _COUNT)  # how many deliveries were sent and have not come back, kept by triggers
    alerts = Whole(0, _COUNT)  # open alerts, kept by triggers
    stage = Text()  # its stage between draft and paid, regardless of the date
    counted = Day(empty=True)  # the day under which `tally` counts it
    folded = Text()  # what it can be searched by
    sorted = Text()  # the customer, folded, for sorting
    placed = Text()  # the number, for sorting
    version = Whole(0, _COUNT)
    created = Instant()
    changed = Instant()
    kind = Choice(InvoiceKind)
    source_id = Reference("self", null=True, on_delete="SET NULL")  # the invoice that it corrects or was made from
    inclusive = Flag()  # the rates of the lines include the tax
    discount = Text()  # decimal text, or a percentage such as 10%
    shipping = DecimalText()
    shipping_tax = Text()  # tax codes, as in a line
    deposit = Text()  # received before the invoice: decimal text, or a percentage such as 30%
    exchange_rate = DecimalText()  # the company's currency for one of the invoice's
    ship_to = Text()
    service_from = Day(empty=True)
    service_to = Day(empty=True)
    notes = Text()  # never printed
    custom = Texts()  # {name of the field: text}
    own_number = Text()  # typed for this invoice alone
    handed_over = Text()  # how it reached the customer without email: paper, portal, other
    terms_rule = Text()
    chase_off = Flag()
    silent_why = Choice(Silence)  # why there are no reminders
    silent_until = Day(empty=True)  # no reminder before this day; empty for a dispute without an end
    answer = Choice(Answer)  # to an estimate
    answered = Day(empty=True)
    vat_id = Text()  # of the customer, as it was when the invoice was saved

    class Meta:
        generated = ("balance", "stage", "counted", "placed")


class Tally(Table):  # the number of invoices and their sums, kept by triggers
    stage = Text()
    currency = Text()
    day = Day(empty=True)  # the due date while it is unpaid, the payment date afterwards
    invoices = Whole()
    total = Money()
    balance = Money()

    class Meta:
        primary_key = peewee.CompositeKey("stage", "currency", "day")
        without_rowid = True


class Line(Table):
    invoice_id = Reference(Invoice, on_delete="CASCADE")
    position = Whole()
    item = Text()
    description = Text()
    quantity = DecimalText()
    rate = DecimalText()
    tax = Text()
    kind = Choice(LineKind)
    unit = Text()
    discount = Text()  # decimal text, or a percentage such as 10%
    service_from = Day(empty=True)
    service_to = Day(empty=True)

    class Meta:
        primary_key = peewee.CompositeKey("invoice_id", "position")
        without_rowid = True


class CustomerPayment(Table):
    """What a customer paid at once. Its parts are rows of `Payment`, and the rest is the customer's credit."""

    id = peewee.AutoField()
    customer_id = Reference(Customer, null=True)
    date = Day()
    currency = Text()
    amount = Money()
    allocated = Money()  # to invoices, kept by triggers
    method = Text()
    reference = Text()
    account = Text()  # where the money was deposited
    note = Text()
    key = Text(null=True, unique=True)  # given by a script: a repeated call books nothing twice
    created = Instant()


class RemovedPayment(Table):  # its key stays used: a script that repeats its call books nothing
    key = Text(primary_key=True)
    date = Day()
    currency = Text()
    amount = Money()
    removed = Instant()

    class Meta:
        without_rowid = True


class Payment(Table):
    id = peewee.AutoField()
    invoice_id = Reference(Invoice)
    date = Day()
    amount = Money()
    method = Text()
    kind = Choice(PaymentKind)
    reference = Text()
    account = Text()  # where the money was deposited
    other_id = Reference(Invoice, null=True)  # the other document of a credit
    customer_payment_id = Reference(CustomerPayment, null=True)  # the payment that this is a part of


class Schedule(Table):  # of recurring invoices
    id = peewee.AutoField()
    invoice_id = Reference(Invoice, unique=True, on_delete="CASCADE")  # the template
    every = Whole(1, _COUNT)
    unit = Choice(PeriodUnit)
    first = Day()  # the first period, from which all later ones are counted
    until = Day(empty=True)
    most = Whole(1, _COUNT, null=True)  # the number of periods
    action = Choice(RecurringAction)
    prices = Choice(Prices)
    paused = Flag()
    next = Day(empty=True)  # the first period that is not done, empty after the last
    created = Instant()


class ScheduleRun(Table):  # a period that was invoiced or skipped
    schedule_id = Reference(Schedule, on_delete="CASCADE")
    period = Day()
    invoice_id = Reference(Invoice, null=True, on_delete="SET NULL")
    skipped = Flag()
    at = Instant()

    class Meta:
        primary_key = peewee.CompositeKey("schedule_id", "period")
        without_rowid = True


class Sale(Table):
    """The figures of an issued invoice or credit note for the reports, computed from its lines."""

    invoice_id = Reference(Invoice, primary_key=True, on_delete="CASCADE")
    customer_id = Whole(null=True)
    date = Day()
    currency = Text()
    net = Money()
    tax = Money()
    total = Money()


class SaleItem(Table):
    invoice_id = Reference(Invoice, on_delete="CASCADE")
    item = Text()  # empty for lines without an item and for shipping
    date = Day()
    currency = Text()
    quantity = DecimalText()
    net = Money()

    class Meta:
        primary_key = peewee.CompositeKey("invoice_id", "item")
        without_rowid = True


class SaleTax(Table):
    invoice_id = Reference(Invoice, on_delete="CASCADE")
    code = Text()
    percent = DecimalText()
    date = Day()
    currency = Text()
    base = Money()  # what is taxed
    tax = Money()
    category = Text()  # of VAT: EN 16931, BT-151; empty for other taxes

    class Meta:
        primary_key = peewee.CompositeKey("invoice_id", "code", "percent")
        without_rowid = True


class PaidSale(Table):
    """What was paid of a document on a day, in proportion and without taxes."""

    invoice_id = Reference(Invoice, on_delete="CASCADE")
    date = Day()  # of the payments
    previous = Day(empty=True)  # the day before on which a part of it was paid
    currency = Text()
    net = Money()

    class Meta:
        primary_key = peewee.CompositeKey("invoice_id", "date")
        without_rowid = True


class PaidTax(Table):
    invoice_id = Reference(Invoice, on_delete="CASCADE")
    date = Day()  # of the payments
    code = Text()
    percent = DecimalText()
    category = Text()
    previous = Day(empty=True)
    currency = Text()
    base = Money()
    tax = Money()

    class Meta:
        primary_key = peewee.CompositeKey("invoice_id", "date", "code", "percent")
        without_rowid = True


class Unreported(Table):  # issued invoices whose figures for the reports are missing, or older than a payment
    invoice_id = Reference(Invoice, primary_key=True, on_delete="CASCADE")


class Attachment(Table):  # files that are sent with the invoice
    id = peewee.AutoField()
    invoice_id = Reference(Invoice, on_delete="CASCADE")
    name = Text()
    type = Text()  # as in Content-Type
    bytes = Blob()


class Delivery(Table):
    id = peewee.AutoField()
    invoice_id = Reference(Invoice)
    state = Choice(State)
    epoch = Whole(0, _COUNT)  # goes up with every claim
    owner = Text()
    lease = Instant(empty=True)
    way = Choice(SenderKind)
    sender = Text()
    recipients = Json()  # {"to": […], "cc": […], "bcc": […]}
    subject = Text()
    not_before = Instant()
    gave_number = Flag()  # whether queueing it gave the invoice its number
    session = Text()
    server_id = Text()
    problem = Text()
    attempts = Whole(0, _COUNT)
    queued = Instant()
    changed = Instant()
    kind = Choice(DeliveryKind)
    key = Text(null=True)  # what may be sent only once, such as one level of reminders for an invoice
    stated = Money(null=True)  # the amount that the message states: if it changes first, the message is not sent
    thread = Text()  # Gmail's id of the conversation that the accepted message belongs to


class Message(Table):  # frozen: exactly the bytes that are or will be sent
    delivery_id = Reference(Delivery, primary_key=True)
    sha256 = Text()
    bytes = Blob()


class Composition(Table):  # what a person entered in the preview and has not sent yet
    invoice_id = Reference(Invoice, primary_key=True, on_delete="CASCADE")
    way = Choice(SenderKind)
    # [[To as entered, the customer's To at that time], the same for Cc and Bcc, {"subject": its source, "body": …}]
    recipients = Json()
    subject = Text()
    body = Text()


class Pause(Table):  # nothing is sent from `sender` before `until`
    sender = Text(primary_key=True)
    until = Instant()
    reason = Text()

    class Meta:
        without_rowid = True


class Journal(Table):
    id = peewee.AutoField()
    invoice_id = Whole(null=True)  # not a reference, because the history of a deleted draft is kept
    at = Instant()
    user = Text()
    kind = Text()
    detail = Texts()
    customer_id = Whole(null=True)  # not a reference either


class Alert(Table):
    id = peewee.AutoField()
    kind = Choice(AlertKind)
    invoice_id = Reference(Invoice, null=True)
    delivery_id = Reference(Delivery, null=True)
    detail = Texts()
    raised = Instant()
    dealt = Instant(null=True)
    dealt_by = Text(null=True)


class Connection(Table):  # at most one row, whose id is 1
    id = Whole(primary_key=True)
    address = Text()
    client_id = Text()
    connected = Instant()
    user = Text()
    over = Text()


class Vault(Table):  # at most one row, whose id is 1
    id = Whole(primary_key=True)
    blob = Blob()
    version = Whole()


class Asking(Table):  # requests for access, which grant nothing
    recipient = Text(primary_key=True)
    name = Text()
    asked = Instant()

    class Meta:
        without_rowid = True


class Seal(Table):  # proof that a delivery was queued by someone who may send
    delivery_id = Reference(Delivery, primary_key=True)
    mark = Blob()
    token = Text()
    not_before = Text()  # exactly as in the sealed text
