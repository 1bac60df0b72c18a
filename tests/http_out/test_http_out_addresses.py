"""The outbound client opens no socket to an address that is not public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import PlatformError, PlatformRefusedError
from plugin.http_out import HttpOut
from plugin.http_out.addresses import Guard, is_public, system_resolver
from tests.fakes.raw_server import RawServer, always, answer
from tests.http_out.clients import ConnectGuard, problem_of

PUBLIC = "93.184.216.34"


NEVER_PUBLIC = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - an address to refuse, not to bind
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.8",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "198.18.0.1",
    "203.0.113.9",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "2001:db8::1",
    "3fff::1",
    "5f00::1",
    "fec0::1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:53aa:64c:0:0:80ff:fffe",
    "2606:4700::5efe:7f00:1",
    "2606:4700::200:5efe:7f00:1",
    "",
    "localhost",
    "127.1",
    "2130706433",
]


@pytest.fixture
def connect_guard(monkeypatch: pytest.MonkeyPatch) -> ConnectGuard:
    return ConnectGuard(monkeypatch)


def resolver(*answers: Sequence[str]) -> tuple[Callable[[str, int], Sequence[str]], list[str]]:
    left = list(answers)
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve, asked


def no_pause(seconds: float) -> None:
    """Do not wait between tries."""


@pytest.mark.parametrize("address", NEVER_PUBLIC)
def test_x9_x10_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@given(
    number=st.integers(0, 2**32 - 1), shape=st.sampled_from(["::ffff:{}", "64:ff9b::{}", "::{}"])
)
def test_v6_address_that_embeds_any_v4_address_is_refused(number: int, shape: str) -> None:
    assert not is_public(shape.format(IPv4Address(number)))
    assert not is_public(str(IPv6Address((0x2002 << 112) | (number << 80))))


@given(text=st.text(max_size=20) | st.ip_addresses().map(str))
def test_whatever_is_called_public_is_a_global_unicast_address(text: str) -> None:
    if is_public(text):
        assert ip_address(text).is_global
        assert not ip_address(text).is_multicast


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_address_is_allowed(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NEVER_PUBLIC)
def test_no_socket_opens_to_an_address_that_is_not_public(
    address: str, connect_guard: ConnectGuard
) -> None:
    resolve, _ = resolver([address])
    error = problem_of(
        lambda: HttpOut(resolve=resolve, pause=no_pause).get("https://shop.example/")
    )
    assert error.code == "address_not_allowed"
    assert connect_guard.tried == []


def test_one_bad_address_among_good_ones_refuses_the_host(connect_guard: ConnectGuard) -> None:
    resolve, _ = resolver([PUBLIC, "10.0.0.1"])
    error = problem_of(
        lambda: HttpOut(resolve=resolve, pause=no_pause).get("https://shop.example/")
    )
    assert error.code == "address_not_allowed"
    assert connect_guard.tried == []


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "①②⑦.0.0.1", "localhost", "[::1]"]
)
def test_x11_odd_spelling_of_loopback_is_refused_by_its_address(
    host: str, connect_guard: ConnectGuard
) -> None:
    with pytest.raises(PlatformError):
        HttpOut(resolve=system_resolver, pause=no_pause).get(f"https://{host}/")
    assert connect_guard.tried == []


def test_rebinding_name_cannot_lead_elsewhere_between_check_and_use(
    connect_guard: ConnectGuard,
) -> None:
    resolve, asked = resolver([PUBLIC], ["127.0.0.1"])
    client = HttpOut(resolve=resolve, pause=no_pause)
    first = problem_of(lambda: client.post_json("https://shop.example/", {}))
    second = problem_of(lambda: client.post_json("https://shop.example/", {}))
    assert (first.code, second.code) == ("platform_unreachable", "address_not_allowed")
    assert connect_guard.tried == [PUBLIC]
    assert asked == ["shop.example", "shop.example"]


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "https://shop.example:8443/",
        "https://shop.example:99999/",
        "https://user:pass@shop.example/",
        "https://shop.example@evil.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nHost: evil",
        "https:///path",
        "https://",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "//shop.example/",
        "shop.example",
        "",
        "https://[::1",
        "http://localhost:1/",
    ],
)
def test_address_that_is_no_plain_https_is_refused(url: str, connect_guard: ConnectGuard) -> None:
    resolve, asked = resolver([PUBLIC])
    error = problem_of(lambda: HttpOut(resolve=resolve, pause=no_pause).get(url))
    assert isinstance(error, PlatformRefusedError)
    assert (connect_guard.tried, asked) == ([], [])


def test_unknown_host_is_unreachable() -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        raise OSError("no such host")

    error = problem_of(
        lambda: HttpOut(resolve=resolve, pause=no_pause).post_json("https://shop.example/", {})
    )
    assert error.code == "platform_unreachable"


def test_loopback_origin_may_be_reached_and_its_neighbour_port_not(
    serve: Callable[..., RawServer], client_for: Callable[[RawServer], HttpOut]
) -> None:
    server, other = serve(always(answer(b"here"))), serve(always(answer(b"there")))
    client = client_for(server)
    assert client.get(server.url + "/x").body == b"here"
    assert problem_of(lambda: client.get(other.url + "/x")).code == "address_not_allowed"
    assert other.connections == 0


def test_loopback_origin_must_resolve_to_loopback() -> None:
    guard = Guard(lambda host, port: [PUBLIC], 80, loopback_host="localhost")
    assert problem_of(lambda: guard.addresses("localhost", 80)).code == "address_not_allowed"
