"""Email addresses as typed, and the DNS check of their domains."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from facturier.mail.google.endpoints import Endpoints
from facturier.mail.locations import Locations
from facturier.mail.open_workspace import open_workspace
from facturier.mail.sending.checks.addresses import DomainChecker, check_domain, parse_addresses
from facturier.models.errors import InputError
from facturier.models.store.opening import create_company


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ()),
        (" , ; \n", ()),
        ("a@x.example", ("a@x.example",)),
        (
            "a@x.example,b@x.example; c@x.example\nd@x.example",
            ("a@x.example", "b@x.example", "c@x.example", "d@x.example"),
        ),
        ("Marie Tremblay <marie@x.example>, b@x.example", ("marie@x.example", "b@x.example")),
        ('"Tremblay, Marie" <marie@x.example>', ("marie@x.example",)),
        ("<a@x.example>", ("a@x.example",)),
        ("a@x.example, A <a@x.example>", ("a@x.example",)),
        ("Anna@x.example, b@x.example, ANNA@X.example", ("Anna@x.example", "b@x.example")),
        ("a@x.example (Anna)", ("a@x.example",)),
        ("a@x.example (Roy, Anna), b@x.example", ("a@x.example", "b@x.example")),
        ("a@Bücher.example", ("a@xn--bcher-kva.example",)),
        ("a@x.example\u200b", ("a@x.example",)),
        ("o'neil+tag@x.example", ("o'neil+tag@x.example",)),
        ("a@x.example\u2028b@x.example\x0bc@x.example", ("a@x.example", "b@x.example", "c@x.example")),
        ("A@bücher.example, a@xn--bcher-kva.example", ("A@xn--bcher-kva.example",)),
    ],
)
def test_valid_addresses_as_people_type_them(typed: str, expected: tuple[str, ...]) -> None:
    assert parse_addresses(typed) == expected


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("marie", "no @"),
        ("marie@", "missing"),
        ("@x.example", "missing"),
        ("a@b@x.example", "two @"),
        ("a@x.example b@x.example", "comma"),
        ("marie dubois@x.example", "space"),
        ("zoë@x.example", "accented"),
        ("a@gmail", "full domain"),
        ("a@x..example", "not a valid email address"),
        ("a@x.example, b@-.example", "b@-.example"),
        ("Marie <marie>", "no @"),
        ("<>", r"Enter the email address\."),
        ("=?utf-8?b?8j+qipcfkig=?=@example.org", "looks like encoded text"),
        ("Anna <=?utf-8?q?a?=@example.org>", "looks like encoded text"),
        ("=?utf-8?q?a@example.org", "looks like encoded text"),
        ("a@x.example\r\nBcc: b@x.example", "Bcc"),
        ('"Anna Roy"@x.example', "is not a valid email address"),
        ('"a@b"@x.example', "is not a valid email address"),
        ("(Anna) a@x.example", "is not a valid email address"),
        ("Team: a@x.example", "is not a valid email address"),
        ("a@[IPv6:::1]", "is not a valid email address"),
        ("a" * 65 + "@x.example", "is not a valid email address"),
        ("a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".example", "is not a valid email address"),
    ],
)
def test_an_invalid_address_is_named_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        parse_addresses(typed)


def test_an_invalid_address_is_shortened_to_one_line() -> None:
    with pytest.raises(InputError, match=r"^.{,400}$"):
        parse_addresses("a" * 40_000)


RECORDS = {
    ("gmail.com.", "MX"): ["10 mail.good.org."],
    ("good.org.", "MX"): ["10 mail.good.org."],
    ("old.org.", "A"): ["8.8.8.8"],
    ("null.org.", "MX"): ["0 ."],
}


@pytest.fixture
def resolver() -> Iterator[dns.resolver.Resolver]:
    """A resolver that queries a small name server on loopback. It answers from RECORDS, fails for fail.org, and does
    not answer for silent.org."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            wire, request = server.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            question = query.question[0]
            name, kind = str(question.name), question.rdtype.name
            reply = dns.message.make_response(query)
            if name == "silent.org.":
                continue
            if name == "fail.org.":
                reply.set_rcode(dns.rcode.SERVFAIL)
            elif found := RECORDS.get((name, kind)):
                reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
            elif not any(known == name for known, _ in RECORDS):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(reply.to_wire(), request)

    thread = threading.Thread(target=answer)
    thread.start()
    asking = dns.resolver.Resolver(configure=False)
    asking.nameservers = ["127.0.0.1"]
    asking.port = server.getsockname()[1]
    asking.lifetime = 0.3
    yield asking
    server.sendto(b"", server.getsockname())
    thread.join()
    server.close()


@pytest.mark.parametrize("domain", ["good.org", "old.org", "fail.org", "silent.org"])
def test_no_warning_if_mail_can_arrive_or_dns_is_down(domain: str, resolver: dns.resolver.Resolver) -> None:
    assert check_domain(f"a@{domain}", resolver=resolver) is None


@pytest.mark.parametrize("domain", ["nowhere.org", "null.org"])
def test_a_warning_if_no_mail_can_arrive(domain: str, resolver: dns.resolver.Resolver) -> None:
    warning = check_domain(f"a@{domain}", resolver=resolver)
    assert warning is not None
    assert domain in warning


def test_a_resolver_without_a_connection_gives_no_warning(
    resolver: dns.resolver.Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a connection, some resolvers answer that no name exists."""
    monkeypatch.delitem(RECORDS, ("gmail.com.", "MX"))
    assert check_domain("a@nowhere.org", resolver=resolver) is None
    assert check_domain("a@gmail.com", resolver=resolver) is None


def test_a_machine_without_a_resolver_gives_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_arguments: object, **_more: object) -> None:
        raise OSError(101, "Network is unreachable")

    asking = dns.resolver.Resolver(configure=False)
    monkeypatch.setattr(asking, "resolve", unreachable)
    assert check_domain("a@gmail.com", resolver=asking) is None


def test_an_invalid_address_is_not_checked(resolver: dns.resolver.Resolver) -> None:
    assert check_domain("nonsense", resolver=resolver) is None


def test_each_domain_is_asked_about_once(tmp_path: Path) -> None:
    asked = []

    def ask(address: str) -> str | None:
        asked.append(address)
        if address == "c@broken.example":
            raise RuntimeError("a fault of ours")
        return "takes no email" if address.endswith("@nowhere.example") else None

    store = create_company(tmp_path / "acme.facturier")
    people = ("a@acme.example", "b@acme.example", "a@nowhere.example", "c@broken.example")
    for endpoints, expected in (
        (Endpoints(), [people[0], *people[2:]]),
        (Endpoints(stand_in="http://127.0.0.1:9"), []),
    ):
        domains = DomainChecker(open_workspace(store, Locations(tmp_path, tmp_path / "log"), endpoints), ask)
        asked.clear()
        assert domains.ask(people) is bool(expected)
        assert not domains.ask(reversed(people))
        assert asked == expected
        assert [finding.text for finding in domains.warnings(people)] == ["takes no email"] * bool(expected)
