"""Host names and origins that a server answers to."""

from __future__ import annotations

import socket

import pytest

from meguri.access.origin import OriginGuard, shown_host
from meguri.core.errors import Forbidden, Invalid


@pytest.mark.parametrize("host", ["localhost:8321", "127.0.0.1:8321", "127.0.0.1", "[::1]:8321", "LOCALHOST:9000", "mlops.example:443"])
def test_its_own_names_are_answered_with_any_port(host: str) -> None:
    OriginGuard("127.0.0.1", ["mlops.example"]).check(host, None, None)


@pytest.mark.parametrize("host", ["evil.example:8321", "evil.example", "127.0.0.1.evil.example:8321", "10.0.0.7:8321", "localhost:8321:1"])
def test_other_names_are_refused(host: str) -> None:
    with pytest.raises(Forbidden):
        OriginGuard("127.0.0.1").check(host, None, None)
    with pytest.raises(Invalid):
        OriginGuard("127.0.0.1").check(None, None, None)


@pytest.mark.parametrize("host", ["10.0.0.7:8321", "[fd00::7]:8321", "127.0.0.1:8321", f"{socket.gethostname()}:8321"])
def test_bound_to_all_addresses_it_answers_to_every_address_and_to_the_name_of_the_machine(host: str) -> None:
    OriginGuard("0.0.0.0").check(host, None, None)
    with pytest.raises(Forbidden):
        OriginGuard("0.0.0.0").check("evil.example:8321", None, None)


@pytest.mark.parametrize(
    "origin",
    ["http://localhost", "http://localhost:80", "http://localhost:9999", "http://127.0.0.1:8321", "null", "file://localhost:8321", ""],
)
def test_an_origin_with_another_name_or_port_is_refused(origin: str) -> None:
    with pytest.raises(Forbidden):
        OriginGuard("127.0.0.1").check("localhost:8321", origin, "same-site")


def test_its_own_origin_is_accepted_also_behind_a_proxy_with_tls() -> None:
    guard = OriginGuard("127.0.0.1", ["mlops.example"])
    guard.check("localhost:8321", "http://localhost:8321", "same-origin")
    guard.check("mlops.example", "https://mlops.example", "same-origin")
    with pytest.raises(Forbidden):
        guard.check("mlops.example", None, "cross-site")


def test_addresses_in_urls() -> None:
    assert [shown_host(each) for each in ("0.0.0.0", "::", "::1", "10.0.0.7", "mlops.example")] == [
        "127.0.0.1", "[::1]", "[::1]", "10.0.0.7", "mlops.example",
    ]  # fmt: skip
