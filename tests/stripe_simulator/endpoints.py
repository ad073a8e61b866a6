"""Each endpoint of `/v1/` that the shop uses, as one function."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.stripe_simulator import intents, objects, params, refunds, transfers
from tests.stripe_simulator.lists import PAGES, listing
from tests.stripe_simulator.refusals import Object
from tests.stripe_simulator.state import State


@dataclass
class Call:
    state: State
    params: Object
    id: str
    is_publishable: bool


Endpoint = Callable[[Call], Object]
ENDPOINTS: list[tuple[str, str, Endpoint]] = []


def endpoint(method: str, path: str) -> Callable[[Endpoint], Endpoint]:
    def add(function: Endpoint) -> Endpoint:
        ENDPOINTS.append((method, path, function))
        return function

    return add


def readable(kind: str, path: str, filters: set[str]) -> None:
    """The two reads that every kind has: one object, and the list."""

    def retrieve(call: Call) -> Object:
        params.allow(call.params, ())
        return call.state.get(kind, call.id)

    def list_all(call: Call) -> Object:
        params.allow(call.params, PAGES | filters)
        return listing(call.state, kind, call.params, path)

    endpoint("GET", f"{path}/ID")(retrieve)
    endpoint("GET", path)(list_all)


readable("customer", "/v1/customers", {"email"})
readable("payment_intent", "/v1/payment_intents", {"customer"})
readable("charge", "/v1/charges", {"customer", "payment_intent"})
readable("refund", "/v1/refunds", {"charge", "payment_intent"})
readable("transfer", "/v1/transfers", {"destination", "transfer_group"})
readable("dispute", "/v1/disputes", {"charge", "payment_intent"})
readable("event", "/v1/events", {"type", "types"})
readable("payment_method", "/v1/payment_methods", {"customer", "type"})

OF_A_CUSTOMER = {"address", "description", "email", "metadata", "name", "phone", "shipping"}


@endpoint("POST", "/v1/customers")
def create_customer(call: Call) -> Object:
    params.allow(call.params, OF_A_CUSTOMER)
    given = call.params | {"metadata": params.metadata(call.params)}
    made = call.state.add(objects.customer(given))
    call.state.publish("customer.created", made)
    return made


@endpoint("POST", "/v1/customers/ID")
def update_customer(call: Call) -> Object:
    params.allow(call.params, OF_A_CUSTOMER)
    customer = call.state.get("customer", call.id)
    changed = {"metadata": params.metadata(call.params, customer["metadata"])}
    customer.update({name: call.params[name] for name in OF_A_CUSTOMER & call.params.keys()})
    customer.update(changed)
    call.state.publish("customer.updated", customer)
    return customer


@endpoint("DELETE", "/v1/customers/ID")
def delete_customer(call: Call) -> Object:
    customer = call.state.get("customer", call.id)
    call.state.publish("customer.deleted", customer)
    customer.clear()
    customer |= {"id": call.id, "object": "customer", "deleted": True}
    return customer


@endpoint("POST", "/v1/payment_methods")
def create_payment_method(call: Call) -> Object:
    return intents.create_method(call.state, call.params)


@endpoint("POST", "/v1/payment_intents")
def create_intent(call: Call) -> Object:
    return intents.create(call.state, call.params)


@endpoint("POST", "/v1/payment_intents/ID")
def update_intent(call: Call) -> Object:
    intent = call.state.get("payment_intent", call.id)
    return intents.update(call.state, intent, call.params)


@endpoint("POST", "/v1/payment_intents/ID/confirm")
def confirm_intent(call: Call) -> Object:
    intent = call.state.get("payment_intent", call.id)
    return intents.confirm(call.state, intent, call.params)


@endpoint("POST", "/v1/payment_intents/ID/cancel")
def cancel_intent(call: Call) -> Object:
    intent = call.state.get("payment_intent", call.id)
    return intents.cancel(call.state, intent, call.params)


@endpoint("POST", "/v1/refunds")
def create_refund(call: Call) -> Object:
    return refunds.create(call.state, call.params)


@endpoint("POST", "/v1/transfers")
def create_transfer(call: Call) -> Object:
    return transfers.create(call.state, call.params)


@endpoint("POST", "/v1/transfers/ID/reversals")
def reverse_transfer(call: Call) -> Object:
    transfer = call.state.get("transfer", call.id)
    return transfers.reverse(call.state, transfer, call.params)
