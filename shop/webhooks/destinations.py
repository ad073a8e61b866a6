"""Where the shop lets itself be sent: addresses on the public internet, and no others.

Everybody who may subscribe can have the shop send requests. `check_url` refuses at once what
can be seen in the text of an address; `allowed` is asked when a connection is made, of the
address that it is made to, for a name may lead anywhere and somewhere else each time.
"""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from shop.webhooks.errors import AddressNotAllowed
from shop.webhooks.models import MAX_URL

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Written out, because `is_global` differs between versions of Python.
_REFUSED = [
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by customers of a carrier
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; the metadata of cloud machines
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
        "2001::/23",  # Teredo and others that wrap or test
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",
    )
]
# All that is given out to the internet. Outside are loopback, link-local, private and
# multicast ones, and those with an IPv4 address inside: mapped, compatible, NAT64.
_INTERNET_V6 = ipaddress.ip_network("2000::/3")

_HOST = re.compile(r"(?!-)[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_PORTS = (80, 443)
_FIRST_FREE_PORT = 1024


def allowed(address: Address) -> bool:
    """Whether the shop may connect to `address`."""
    if any(address in ipaddress.ip_network(net) for net in settings.WEBHOOKS_ALLOWED_NETWORKS):
        return True
    if address.version == 6 and address not in _INTERNET_V6:
        return False
    return not any(address in network for network in _REFUSED)


def check_url(url: str) -> None:
    """Raises `AddressNotAllowed` for what the shop never sends to, as far as the text says it."""
    if problem := _problem(url):
        raise AddressNotAllowed(problem, attr="url")


def _problem(url: str) -> str:
    if not url.isascii() or not url.isprintable() or re.search(r"[\s\\]", url):
        return _("An address has no spaces, backslashes or letters beyond ASCII.")
    if len(url) > MAX_URL:
        return _("At most {most} characters.").format(most=MAX_URL)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _("This is no address.")
    return _problem_of_parts(parts, port)


def _problem_of_parts(parts: SplitResult, port: int | None) -> str:
    schemes = ("https", "http") if settings.WEBHOOKS_ALLOW_HTTP else ("https",)
    host = parts.netloc.rpartition("@")[2]
    host = host if host.endswith("]") else re.sub(r":\d*$", "", host)
    problems = {
        _("The address begins with {scheme}://.").format(scheme=schemes[0]): parts.scheme
        not in schemes,
        _("Name the host."): not _HOST.fullmatch(host),
        _("Leave out user name and password."): "@" in parts.netloc,
        _("Leave out the part after #."): bool(parts.fragment),
        _("Ports are 80, 443, or 1024 and above."): not (
            port is None or port in _PORTS or port >= _FIRST_FREE_PORT
        ),
        _(AddressNotAllowed.detail): _is_refused_literal(parts.hostname or ""),
    }
    return next((text for text, applies in problems.items() if applies), "")


def _is_refused_literal(host: str) -> bool:
    """Odd spellings of addresses, such as 0x7f.1, are seen when they are connected to."""
    try:
        return not allowed(ipaddress.ip_address(host))
    except ValueError:
        return False
