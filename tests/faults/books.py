"""Whether the shop's books are right, whatever has happened."""

import email
import re
import time
from collections.abc import Collection, Sequence

from tests.faults.children import eventually
from tests.faults.shop import Shop

CLEAN_WITHIN = 60.0  # seconds after the fault is over, without any human


def prove(shop: Shop, *, paid: Sequence[int] = (), sent_again: int = 0) -> str:
    """Holds the shop to its books; says how long it took until they were right.

    `paid` are the orders of which somebody was told that they are paid. No mail may be there
    twice, but for `sent_again` ones: the same mail, by its Message-ID.
    """
    started = time.monotonic()
    said = ""

    def is_clean() -> bool:
        nonlocal said
        code, said = shop.manage("verify")
        return code == 0 and shop.is_at_rest()

    try:
        eventually(is_clean, within=CLEAN_WITHIN, what="`manage.py verify` is clean")
    except AssertionError as problem:
        raise AssertionError(f"{problem}; at last it said:\n{said}") from None
    seconds = time.monotonic() - started
    kept = {row[0] for row in shop.rows("SELECT id FROM orders_order WHERE paid_at IS NOT NULL")}
    assert set(paid) <= kept, "an order was answered to be paid, and is lost"
    assert len(set(paid)) == len(paid), "one order was answered to two requests"
    assert mails_sent_twice(shop) <= sent_again
    return f"books right within {seconds:.1f} s"


def mails_to(shop: Shop, people: Collection[str]) -> list[str]:
    """The recipients of the mails that the shop has sent, as far as they are `people`."""
    found = re.findall(r"^To: (.+)$", "\n".join(shop.mails()), re.MULTILINE)
    return [address for address in found if address in people]


def mails_sent_twice(shop: Shop) -> int:
    """How many mails are there again; two that only look the same are a failure at once."""
    heads = list(map(email.message_from_string, shop.mails()))
    ids = {head["Message-ID"] for head in heads}
    contents = {(head["To"], head["Subject"]) for head in heads}
    assert len(contents) == len(ids), "a mail was written twice"
    return len(heads) - len(ids)
