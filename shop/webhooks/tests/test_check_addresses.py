"""Which addresses the shop sends to: by their text, and by what they lead to."""

import ipaddress

import pytest
from pytest_django import Settings

from shop.webhooks.destinations import allowed, check_url
from shop.webhooks.errors import AddressNotAllowed


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/nexus",
        "https://hooks.example.com:8443/nexus?shop=1",
        "https://hooks.example.com:443",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1:248:1893:25c8:1946]/hook",
    ],
)
def test_takes_addresses_on_the_internet(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.com",
        "ftp://hooks.example.com/",
        "http://hooks.example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///nexus",
        "https://:8443/",
        "https://user:secret@hooks.example.com/",
        "https://user@hooks.example.com/",
        "https://@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:22/",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com:http/",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com/\n",
        "https://hooks.example.com/\0",
        "https://höoks.example.com/",
        "https://[::1",
        "https://[hooks]/",
        "https://%31%32%37.0.0.1/",
        "https://127.0.0.1/",
        "https://10.0.0.8:8443/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://hooks.example.com/" + "x" * 500,
    ],
)
def test_refuses_what_it_never_sends_to(url: str) -> None:
    with pytest.raises(AddressNotAllowed) as refusal:
        check_url(url)
    assert refusal.value.problems[0].attr == "url"


def test_takes_http_when_the_shop_is_on_trial(settings: Settings) -> None:
    settings.WEBHOOKS_ALLOW_HTTP = True
    check_url("http://hooks.example.com/nexus")


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "100.63.255.255", "2606:4700::1111"])
def test_connects_to_the_internet(address: str) -> None:
    assert allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1"),
        *("198.51.100.1", "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "3fff::1"),
        # IPv4 inside: mapped, compatible, NAT64, its local form, 6to4, Teredo.
        *("::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::a00:1"),
        *("64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    ],
)
def test_connects_nowhere_else(address: str) -> None:
    assert not allowed(ipaddress.ip_address(address))


def test_connects_to_networks_that_the_operator_names(settings: Settings) -> None:
    settings.WEBHOOKS_ALLOWED_NETWORKS = ["10.1.0.0/16", "fd00::/8"]
    assert allowed(ipaddress.ip_address("10.1.2.3"))
    assert allowed(ipaddress.ip_address("fd00::1"))
    assert not allowed(ipaddress.ip_address("10.2.2.3"))
