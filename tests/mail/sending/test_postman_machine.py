"""For any order of faults, crashes and clock changes: no message is accepted twice, shown as Sent without an
acceptance, or forgotten."""

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from facturier.mail.errors import AnswerLost, ConnectionOver, NotNow, Refused, Unreachable
from facturier.mail.sending.postman import ASKS, Postman
from facturier.models.books.invoices import get_invoice
from facturier.models.books.journal import read_journal
from facturier.models.books.status import OPEN, State
from facturier.models.company.connection import set_connection
from facturier.models.errors import FacturierError, LockedCompany, LostClaim, StoreError
from facturier.models.outbox.changes import claims, outcomes, resolving
from facturier.models.outbox.deliveries import get_delivery, in_doubt, under_way
from facturier.models.outbox.delivery import Claim, Delivery, SenderKind
from facturier.models.outbox.schedule import next_due
from facturier.models.outbox.transitions import DeliveryEvent
from facturier.models.store import tables
from facturier.models.store.store import Store
from tests.mail.scripted import Killed, ScriptedSender, Server, Step
from tests.models.making import DEFAULT, GMAIL, Clock, a_store, queue

OWNERS = ("anna", "bert", "carla")
FAULTS: dict[str, type[BaseException]] = {
    "later": NotNow,
    "no": Refused,
    "unreachable": Unreachable,
    "lost": AnswerLost,
    "bug": ZeroDivisionError,
    "killed": Killed,
    "locked": LockedCompany,
    "over": ConnectionOver,
}
# The errors that a sender may raise at each step by its contract. A crash or a bug can happen anywhere.
OPENING = ("later", "no", "unreachable", "over", "bug", "killed", "locked")
BEFORE = ("later", "no", "unreachable", "lost", "bug", "killed")
AFTER = ("lost", "bug", "killed")
ASKING = ("lost", "unreachable", "no", "later", "bug", "killed")
CLOSING = ("bug", "killed")


class Refusing(Store):
    """A company file whose disk is full for the next `refusals` changes of a delivery's state, or whose process dies
    there."""

    refusals: list[BaseException]

    def run(self, query: Any) -> int:
        changed = getattr(getattr(query, "query", query), "_update", {})
        if self.refusals and tables.Delivery.state in changed:
            refusal = self.refusals.pop(0)
            if refusal is not None:
                raise refusal
        return super().run(query)


class Machine(RuleBasedStateMachine):
    kind = Postman

    @initialize()
    def begin(self) -> None:
        self.stack = ExitStack()
        memory = Path("/dev/shm")
        folder = Path(tempfile.mkdtemp(prefix="facturier-", dir=memory if memory.is_dir() else None))
        self.stack.callback(shutil.rmtree, folder)
        self.clock = Clock()
        self.store = Refusing(a_store(folder, self.clock).path, clock=self.clock, user="marie")
        self.store.refusals = []
        self.stack.enter_context(self.store.reading())
        self.servers = {SenderKind.GMAIL: Server(), SenderKind.DEFAULT: Server()}
        self.lives = Counter(dict.fromkeys(OWNERS, 1))
        self.postmen: dict[str, Postman] = {}
        self.scripts: dict[str, list[Step]] = {
            "opening": [], "before": [], "after": [], "asking": [], "closing": []
        }  # fmt: skip
        self.queued: dict[int, bytes] = {}
        self.undone: set[int] = set()  # the invoices that are drafts again

    def teardown(self) -> None:
        if hasattr(self, "stack"):
            with self.stack:
                self.never_forgotten()

    def sender_for(self, delivery: Delivery, message: bytes) -> ScriptedSender:
        gmail = delivery.sender_kind is SenderKind.GMAIL
        server = self.servers[delivery.sender_kind]
        steps = self.scripts
        return ScriptedSender(
            server,
            gmail,
            GMAIL if gmail else DEFAULT,
            opening=steps["opening"],
            before=steps["before"],
            after=steps["after"],
            asking=steps["asking"],
            closing=steps["closing"],
        )

    def gone(self, owner: str) -> bool | None:
        name, _slash, life = owner.partition(" ")
        return int(life) < self.lives[name]

    def postman(self, name: str) -> Postman:
        if name not in self.postmen:
            owner = f"{name} {self.lives[name]}"
            self.postmen[name] = self.kind(self.store, self.sender_for, owner, gone=self.gone, ask_pause=0)
        return self.postmen[name]

    @rule(sender_kind=st.sampled_from(SenderKind), later=st.sampled_from((0, 10, 3600)))
    @precondition(lambda self: len(self.queued) < 12)
    def someone_queues(self, sender_kind: SenderKind, later: int) -> None:
        self.store.refusals.clear()
        message = f"message {len(self.queued)}".encode()
        delivery = queue(self.store, sender_kind, message=message, later=timedelta(seconds=later))
        self.queued[delivery.id] = message

    @rule(data=st.data(), sender_kind=st.sampled_from(SenderKind))
    @precondition(lambda self: self.undone and len(self.queued) < 12)
    def someone_sends_a_draft_again(self, data: st.DataObject, sender_kind: SenderKind) -> None:
        self.store.refusals.clear()
        draft = get_invoice(self.store, data.draw(st.sampled_from(sorted(self.undone))))
        message = f"message {len(self.queued)}".encode()
        delivery = queue(self.store, sender_kind, invoice=draft, message=message)
        assert delivery.number == draft.reserved
        self.undone.discard(delivery.invoice_id)
        self.queued[delivery.id] = message

    @rule(
        opening=st.lists(st.sampled_from(OPENING) | st.none(), max_size=2),
        before=st.lists(st.sampled_from(BEFORE) | st.none(), max_size=2),
        after=st.lists(st.sampled_from(AFTER) | st.none(), max_size=2),
        asking=st.lists(st.sampled_from(ASKING) | st.none(), max_size=4),
        closing=st.lists(st.sampled_from(CLOSING) | st.none(), max_size=1),
        writing=st.lists(st.sampled_from(("locked", "killed")) | st.none(), max_size=4),
        name=st.sampled_from(OWNERS),
    )
    def a_postman_works(self, name: str, writing: list[str | None], **scripts: list[str | None]) -> None:
        for step, faults in scripts.items():
            self.scripts[step][:] = [FAULTS[fault]("said so") if fault else None for fault in faults]
        self.store.refusals[:] = [FAULTS[fault]("said so") if fault else None for fault in writing]  # type: ignore[misc]
        try:
            self.postman(name).deliver()
        except Killed:
            self.die(name)
        except StoreError:
            pass  # the user sees the error; the postman keeps running and tries again
        finally:
            self.calm()

    @rule(name=st.sampled_from(OWNERS))
    def die(self, name: str) -> None:
        self.postmen.pop(name, None)
        self.lives[name] += 1

    @rule(name=st.sampled_from(OWNERS), far=st.booleans())
    def a_postman_dies_by_hand(self, name: str, far: bool) -> None:
        """Kill a postman between two commits, where no sender is called."""
        self.calm()
        delivery = claims.claim_next(self.store, f"{name} {self.lives[name]}")
        if delivery is not None and far:
            session = (
                self.servers[delivery.sender_kind].open(self.queued[delivery.id])
                if delivery.sender_kind is SenderKind.GMAIL
                else ""
            )
            outcomes.hand_over(self.store, Claim(delivery.id, delivery.owner, delivery.epoch), session)
        self.die(name)

    @rule(name=st.sampled_from(OWNERS), other=st.sampled_from(OWNERS), says_no=st.booleans())
    def a_postman_is_given_up_too_early(self, name: str, other: str, says_no: bool) -> None:
        """The postman is alive but silent: its acceptance arrives after another postman asked without success and the
        user said that it was not sent."""
        self.calm()

        def taken_over() -> None:
            [mine] = [delivery for delivery in under_way(self.store) if delivery.owner == owner]
            self.lives[name] += 1
            self.scripts["asking"][:] = [AnswerLost("no answer") for _ask in range(ASKS)]
            self.kind(
                self.store, self.sender_for, f"{other} {self.lives[other]}", gone=self.gone, ask_pause=0
            ).deliver()
            if says_no and get_delivery(self.store, mine.id).state is State.IN_DOUBT:
                resolving.resolve_delivery(self.store, mine.id, sent=False, reason="looked too early")

        postman, owner = self.postman(name), f"{name} {self.lives[name]}"
        self.scripts["after"].append(taken_over)
        postman.deliver()
        self.die(name)
        self.calm()

    @rule(seconds=st.sampled_from((1, 16, 61, 301, 3601, 90_000, -3600)))
    def time_moves(self, seconds: int) -> None:
        self.clock.go(seconds=seconds)

    @rule(data=st.data())
    @precondition(lambda self: self.queued)
    def someone_takes_one_back(self, data: st.DataObject) -> None:
        with suppress(LostClaim):
            delivery_id = data.draw(st.sampled_from(sorted(self.queued)))
            draft_again = resolving.cancel_delivery(self.store, delivery_id)
            invoice_id = get_delivery(self.store, delivery_id).invoice_id
            happened = {entry.kind for entry in read_journal(self.store, invoice_id)}
            assert draft_again is (DeliveryEvent.HANDED_OVER not in happened)
            if draft_again:
                self.undone.add(invoice_id)

    @rule(data=st.data())
    @precondition(lambda self: bool(in_doubt(self.store)))
    def someone_looks_into_the_sent_folder(self, data: st.DataObject) -> None:
        delivery = data.draw(st.sampled_from(in_doubt(self.store)))
        sent = self.acceptances(delivery) == 1
        resolving.resolve_delivery(self.store, delivery.id, sent=sent, reason="looked")

    @rule()
    def someone_reconnects(self) -> None:
        self.calm()
        set_connection(self.store, GMAIL, "client")

    def acceptances(self, delivery: Delivery) -> int:
        return self.servers[delivery.sender_kind].accepted[self.queued[delivery.id]]

    def calm(self) -> None:
        self.store.refusals.clear()
        for steps in self.scripts.values():
            steps.clear()

    @invariant()
    def never_twice_and_never_a_lie(self) -> None:
        for delivery_id in getattr(self, "queued", ()):
            delivery = get_delivery(self.store, delivery_id)
            left = self.acceptances(delivery)
            assert left <= 1, f"delivery {delivery_id} left {left} times"
            if delivery.state in (State.SENT, State.PARTLY_SENT):
                assert left == 1, f"delivery {delivery_id} is shown as sent and never left"
            if delivery.state in (State.QUEUED, State.CLAIMED, State.CANCELLED, State.FAILED):
                assert left == 0, f"delivery {delivery_id} left, and is shown as {delivery.state}"
            invoice = get_invoice(self.store, delivery.invoice_id)
            assert not left or invoice.number, f"delivery {delivery_id} left, and its invoice is a draft"
            if delivery.state is not State.CANCELLED:  # then it is the last one of its invoice
                assert invoice.delivery is delivery.state

    def never_forgotten(self) -> None:
        """Once all faults are over and enough time has passed, every delivery has ended or is in doubt."""
        self.calm()
        with ExitStack() as stack:
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=self.store.path.parent))) / "copy.facturier"
            self.store.copy_to(copy)
            clock = Clock(self.clock.now)
            store = Store(copy, clock=clock, user="marie")
            stack.enter_context(store.reading())
            set_connection(store, GMAIL, "client")
            servers = {
                sender_kind: Server(sessions=dict(s.sessions), ids=dict(s.ids))
                for sender_kind, s in self.servers.items()
            }
            heir = self.kind(
                store,
                lambda delivery, _message: ScriptedSender(
                    servers[delivery.sender_kind], delivery.sender_kind is SenderKind.GMAIL
                ),
                "heir 1",
                gone=lambda _owner: True,
                ask_pause=0,
            )
            for _round in range(60):
                heir.deliver()
                due = next_due(store)
                if due is None:
                    break
                clock.now = max(due, clock.now)
            for delivery_id in self.queued:
                state = get_delivery(store, delivery_id).state
                assert state not in OPEN or state is State.IN_DOUBT, f"delivery {delivery_id} is forgotten as {state}"


OFTEN = settings(max_examples=35, stateful_step_count=30, suppress_health_check=list(HealthCheck))
TestMachine = Machine.TestCase
TestMachine.settings = OFTEN


class SendsAgain(Postman):
    """A wrong postman that sends again after a lost answer, as most queues do."""

    def _after_lost_answer(self, delivery: Delivery, claim: Claim, error: FacturierError) -> None:
        outcomes.put_back(self._store, claim, str(error), self._store.clock())


class Hopes(Postman):
    """A wrong postman that counts a lost answer as sent, as the other queues do."""

    def _after_lost_answer(self, delivery: Delivery, claim: Claim, error: FacturierError) -> None:
        outcomes.accepted(self._store, claim, "")


class Forgets(Postman):
    def _recover(self, sender_kinds: tuple[SenderKind, ...]) -> None:
        pass


@pytest.mark.parametrize(
    ("wrong", "said"), [(SendsAgain, "left [23] times|left, and is"), (Hopes, "never left"), (Forgets, "is forgotten")]
)
def test_the_machine_detects_wrong_postmen(wrong: type[Postman], said: str) -> None:
    broken = seed(3)(type("Broken", (Machine,), {"kind": wrong}))
    few = settings(OFTEN, max_examples=300, phases=[Phase.generate], database=None)
    with pytest.raises(AssertionError, match=said):
        run_state_machine_as_test(broken, settings=few)
