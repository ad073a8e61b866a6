"""`--download-images`: remote pictures become the shop's own, fetched with care.

Addresses come from files of strangers. Only http and https are followed, only to
public addresses (checked on the very address that is connected to, at each
redirect), with limits of time and size.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urljoin, urlsplit

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from shop.core.errors import ImageNotAcceptable
from shop.products import images
from shop.products.models import Product, ProductImage
from shop.products.services.locks import hold_product

SECONDS = 30
SECONDS_WITHOUT_DATA = 10
MAX_REDIRECTS = 3
_CHUNK = 65_536


class NotDownloaded(Exception):
    """The text says why."""


def download_all(product_ids: Iterable[int], done: Callable[[str | None], None]) -> None:
    """Fetch every remote picture of these products; `done` hears a failure, or None.

    What fails stays a remote reference.
    """
    for product_id in product_ids:
        remote = ProductImage.objects.filter(product_id=product_id, file="")
        for image in remote.order_by("position", "pk"):
            try:
                _keep(image, fetch(image.remote_url))
            except NotDownloaded as error:
                done(f"{image.remote_url}: {error}")
            except ImageNotAcceptable:
                done(f"{image.remote_url}: not a PNG, JPEG or WebP image that the shop accepts")
            else:
                done(None)


def _keep(image: ProductImage, content: bytes) -> None:
    picture = images.prepare(ContentFile(content))
    with images.stored(picture, folder="productimage") as name, transaction.atomic():
        hold_product(image.product_id)
        now = timezone.now()
        # The picture keeps its place, its words and whether it is the main one.
        kept = ProductImage.objects.filter(pk=image.pk, remote_url=image.remote_url).update(
            file=name, remote_url="", updated_at=now
        )
        if not kept:
            raise NotDownloaded("the image was changed meanwhile")
        Product.objects.filter(pk=image.product_id).update(updated_at=now)


def fetch(url: str) -> bytes:
    """What is at `url`, at most `images.MAX_BYTES`. Raises `NotDownloaded`."""
    deadline = time.monotonic() + SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        try:
            content, location = _request(urlsplit(url), deadline)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NotDownloaded(str(error) or type(error).__name__) from None
        if location is None:
            return content
        url = urljoin(url, location)
    raise NotDownloaded("too many redirects")


def _request(url: SplitResult, deadline: float) -> tuple[bytes, str | None]:
    """The content, or where to look instead."""
    if url.scheme not in ("http", "https") or not url.hostname:
        raise NotDownloaded("not an http or https address")
    connection = _connected(url)
    try:
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("GET", target, headers={"Accept": "image/*", "User-Agent": "Nexus"})
        response = connection.getresponse()
        if response.status in (301, 302, 303, 307, 308) and response.headers["Location"]:
            return b"", response.headers["Location"]
        if response.status != 200:
            raise NotDownloaded(f"the server answers {response.status}")
        return _content(response, deadline), None
    finally:
        connection.close()


def _connected(url: SplitResult) -> http.client.HTTPConnection:
    """A connection to a public address of the host, whose name is looked up only once."""
    host = str(url.hostname)
    is_https = url.scheme == "https"
    port = url.port or (443 if is_https else 80)
    sock = socket.create_connection((public_address(host, port), port), SECONDS_WITHOUT_DATA)
    if is_https:
        sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS_WITHOUT_DATA)
    connection.sock = sock
    return connection


def public_address(host: str, port: int) -> str:
    """An address of `host`. Raises `NotDownloaded` when any of them is not a public one."""
    addresses = [
        str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]
    for address in addresses:
        found = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
            found = found.ipv4_mapped
        if not found.is_global or found.is_multicast:
            raise NotDownloaded(f"{host} is not a public address")
    return addresses[0]


def _content(response: http.client.HTTPResponse, deadline: float) -> bytes:
    content = bytearray()
    while chunk := response.read1(_CHUNK):
        content += chunk
        if len(content) > images.MAX_BYTES:
            raise NotDownloaded(f"larger than {images.MAX_BYTES:,} bytes")
        if time.monotonic() > deadline:
            raise NotDownloaded(f"took longer than {SECONDS} seconds")
    return bytes(content)
