"""Whether the shop's books are right, whatever has happened."""

import email
import re
import time
from collections import Counter
from collections.abc import Collection, Sequence

from tests.faults.children import eventually
from tests.faults.shop import Shop

CLEAN_WITHIN = 60.0  # seconds after the fault is over, without any human


def prove(shop: Shop, *, paid: Sequence[int] = (), within: float = CLEAN_WITHIN) -> str:
    """Holds the shop to its books; says how long it took until they were right.

    `paid` are the orders of which somebody was told that they are paid. No mail may be there
    twice, whatever was repeated.
    """
    started = time.monotonic()
    said = ""

    def is_clean() -> bool:
        nonlocal said
        code, said = shop.manage("verify")
        return code == 0 and shop.is_at_rest()

    try:
        eventually(is_clean, within=within, what="`manage.py verify` is clean")
    except AssertionError as problem:
        raise AssertionError(f"{problem}; at last it said:\n{said}") from None
    seconds = time.monotonic() - started
    kept = {row[0] for row in shop.rows("SELECT id FROM orders_order WHERE paid_at IS NOT NULL")}
    assert set(paid) <= kept, "an order was answered to be paid, and is lost"
    assert len(set(paid)) == len(paid), "one order was answered to two requests"
    assert not mails_sent_twice(shop)
    return f"books right within {seconds:.1f} s"


def mails_to(shop: Shop, people: Collection[str]) -> list[str]:
    """The recipients of the mails that the shop has sent, as far as they are `people`."""
    found = re.findall(r"^To: (.+)$", "\n".join(shop.mails()), re.MULTILINE)
    return [address for address in found if address in people]


def mails_sent_twice(shop: Shop) -> list[tuple[str, str]]:
    """Recipient and subject of mails that are there more than once."""
    heads = [(head["To"], head["Subject"]) for head in map(email.message_from_string, shop.mails())]
    return [head for head, times in Counter(heads).items() if times > 1]
