"""Pages on which a person pays: for demos without a storefront, in plain HTML."""

from html import escape
from urllib.parse import parse_qs, unquote

from tests.stripe_simulator import intents
from tests.stripe_simulator.api import Answer, Request
from tests.stripe_simulator.objects import money
from tests.stripe_simulator.refusals import Object, Refused
from tests.stripe_simulator.state import State

STYLE = """
:root { color-scheme: light dark; --ink: #16202c; --soft: #5b6b7c; --paper: #f3f6f8;
  --card: #fff; --line: #dde4ea; --accent: #1d6fa5; --good: #1c7c4a; --bad: #b3372f;
  --note: #fff5d6; --note-ink: #6b5200; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eef4; --soft: #9fb0c0;
  --paper: #10171f; --card: #18222d; --line: #2a3846; --accent: #6fb7e6; --good: #6fd39c;
  --bad: #ff9d94; --note: #3a3116; --note-ink: #f3dfa0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 26rem; margin: 0 auto; padding: 3rem 1.25rem; }
main.wide { max-width: 48rem; }
.note { padding: .6rem .9rem; border-radius: .6rem; background: var(--note);
  color: var(--note-ink); font-size: .9rem; }
.card { margin-top: 1rem; padding: 1.5rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .9rem; }
h1 { margin: 0; font-size: 1.05rem; font-weight: 500; color: var(--soft); }
.amount { margin: .2rem 0 1rem; font-size: 2.1rem; font-weight: 650; line-height: 1.2; }
.good { color: var(--good); } .bad { color: var(--bad); } .soft { color: var(--soft); }
button { display: block; width: 100%; margin-top: .6rem; padding: .7rem 1rem; font: inherit;
  border: 1px solid var(--line); border-radius: .6rem; background: transparent;
  color: var(--ink); cursor: pointer; }
button.first { background: var(--accent); border-color: var(--accent); color: var(--card);
  font-weight: 600; }
button:hover, button:focus-visible { border-color: var(--accent); }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .5rem 1rem .5rem 0; text-align: left; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
a { color: var(--accent); }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
STATUSES = {
    "requires_payment_method": "waits for a card",
    "requires_action": "waits for the bank's question",
    "succeeded": "paid",
    "canceled": "canceled by the shop",
}
CARDS = {
    "visa": "Pay",
    "chargeDeclined": "Card is declined",
    "authenticationRequired": "Needs authentication",
}


def answer(state: State, request: Request) -> Answer | None:
    """A page, or what pressing one of its buttons leads to; None for other addresses."""
    place, _, secret = unquote(request.path).lstrip("/").partition("/")
    if request.path == "/" and request.method == "GET":
        with state.alone():
            return _page("Simulated card payments", _overview(state), wide=True)
    if place not in {"pay", "authenticate"} or request.method not in {"GET", "POST"}:
        return None
    try:
        with state.changing():
            intent = state.intent_of(secret)
            if request.method == "POST":
                return _pressed(state, intent, parse_qs(request.body))
            return _page("Simulated card payment", _form(intent))
    except Refused as refused:
        return _page("Simulated card payment", _refusal(refused), status=refused.status)


def _pressed(state: State, intent: Object, form: dict[str, list[str]]) -> Answer:
    state.request = {"id": None, "idempotency_key": None}
    back = f"/pay/{intent['client_secret']}"
    if "card" in form:
        card = form["card"][0] if form["card"][0] in CARDS else "visa"
        intents.pay(state, intent, card=card, amount=None, currency="")
    else:
        succeeds = form.get("outcome") == ["succeed"]
        try:
            intents.authenticate(state, intent, succeeds=succeeds)
        except Refused as refused:
            if refused.status != 402:
                raise
        back = intents.address_to_return_to(intent) or back
    return Answer(303, b"", {"Location": back})


def _form(intent: Object) -> str:
    order = intent["metadata"].get("order")
    heading = f"Order {escape(order)}" if order else f"Payment {escape(intent['id'])}"
    amount = money(intent["amount"], intent["currency"])
    return (
        f'<div class="card"><h1>{heading}</h1><p class="amount">{amount}</p>'
        f"{_message(intent)}{_buttons(intent)}</div>"
    )


def _message(intent: Object) -> str:
    if intent["status"] == "succeeded":
        return (
            '<p class="good"><strong>Paid.</strong></p>'
            '<p class="soft">The shop hears of it by a webhook, usually within a second.</p>'
        )
    if intent["status"] == "canceled":
        return '<p class="bad"><strong>Canceled</strong> by the shop: it cannot be paid now.</p>'
    if intent["status"] == "requires_action":
        return "<p>Your bank asks: did you ask for this payment?</p>"
    error = intent["last_payment_error"]
    return f'<p class="bad" role="alert">{escape(error["message"])}</p>' if error else ""


def _buttons(intent: Object) -> str:
    if intent["status"] == "requires_action":
        named, values = "outcome", {"succeed": "Yes, that was me", "fail": "No, refuse it"}
    elif intent["status"] in intents.OPEN:
        named, values = "card", CARDS
    else:
        return ""
    buttons = "".join(
        f'<button name="{named}" value="{value}"{"" if position else " class=first"}>{text}'
        "</button>"
        for position, (value, text) in enumerate(values.items())
    )
    return f'<form method="post" action="/pay/{escape(intent["client_secret"])}">{buttons}</form>'


def _overview(state: State) -> str:
    rows = "".join(
        f"<tr><td>{escape(intent['metadata'].get('order') or intent['id'])}</td>"
        f'<td class="right">{money(intent["amount"], intent["currency"])}</td>'
        f"<td>{STATUSES.get(intent['status'], intent['status'])}</td>"
        f'<td><a href="/pay/{escape(intent["client_secret"])}">Open</a></td></tr>'
        for intent in list(reversed(state.of_kind("payment_intent")))[:50]
    )
    if not rows:
        rows = '<tr><td colspan="4" class="soft">None yet: choose the method card in the shop.'
    return (
        '<div class="card"><h1>The newest card payments of the shop</h1><table><thead><tr>'
        '<th>Order</th><th class="right">Amount</th><th>State</th><th></th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _refusal(refused: Refused) -> str:
    message = escape(refused.body["error"]["message"])
    return f'<div class="card"><p class="bad" role="alert">{message}</p></div>'


def _page(title: str, content: str, *, wide: bool = False, status: int = 200) -> Answer:
    page = f"""<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">
  <link rel="icon" href="data:,">
  <title>{title}</title>
  <style>{STYLE}</style>
</head>
<body>
<main{" class=wide" if wide else ""}>
  <p class="note"><strong>This is a simulation.</strong> There is no card and no bank; no
  money moves.</p>
  {content}
</main>
</body>
</html>
"""
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return Answer(status, page.encode(), headers | {"Cache-Control": "no-store"})
