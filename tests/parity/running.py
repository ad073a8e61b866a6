"""What staff and sellers do with orders, money, people and endpoints."""

from typing import Any

from shop.ledger.models import Adjustment, Payout
from shop.orders.models import Order
from shop.vendors.invitation_tokens import token_for
from shop.vendors.models import Vendor, VendorInvitation
from shop.webhooks.models import Endpoint
from shop.webhooks.tests.make import relay
from tests.parity.cast import Stage
from tests.parity.doors import Door, mutation, query, rest
from tests.parity.shopping import pays, places


def _moves(door: Door, stage: Stage, order: Order, move: str, refused: str = "") -> None:
    door.do(
        stage.clerk,
        rest("POST", f"/api/store/orders/{order.number}/{move}/"),
        mutation(f"{move}Order", order=order.number),
        refused=refused,
    )


def sends_an_order(door: Door, stage: Stage) -> None:
    order = places(door, stage)
    path = f"/api/store/orders/{order.number}"
    _moves(door, stage, order, "deliver", "illegal_move")
    pays(door, stage, order)
    relay()
    _moves(door, stage, order, "process")
    sent = {"carrier": "Royal Mail", "tracking_number": "RM1"}
    door.do(
        stage.vera,
        rest("POST", f"{path}/ship/", **sent),
        mutation("shipOrder", order=order.number, input={"carrier": "Royal Mail"}),
        refused="permission_denied",
    )
    door.do(
        stage.clerk,
        rest("POST", f"{path}/ship/", **sent),
        mutation(
            "shipOrder",
            order=order.number,
            input={"carrier": "Royal Mail", "trackingNumber": "RM1"},
        ),
    )
    _moves(door, stage, order, "deliver")
    door.do(
        stage.bob,
        rest("GET", f"{path}/history/").tells(
            lambda it: [move["to_status"] for move in it.get("results", it)]
        ),
        query("orderHistory", "edges { node { toStatus } }", order=order.number).tells(
            lambda it: [edge["node"]["toStatus"] for edge in it["edges"]]
        ),
    )


def gives_money_back(door: Door, stage: Stage) -> None:
    order = places(door, stage)
    pays(door, stage, order)
    relay()
    path, line = f"/api/store/orders/{order.number}/refund/", order.items.get().pk
    door.do(
        stage.clerk,
        rest("POST", path, items=[{"item": line, "quantity": 1}], reason="Torn.", restock=False),
        mutation(
            "refundOrder",
            order=order.number,
            input={
                "items": [{"item": line, "quantity": 1}],
                "reason": "Torn.",
                "restock": False,
            },
        ),
    )
    too_much: dict[str, Any] = {"amount": "99999.00"}
    door.do(
        stage.clerk,
        rest("POST", path, **too_much),
        mutation("refundOrder", order=order.number, input=too_much),
        refused="refund_too_large",
    )
    door.do(
        stage.bob,
        rest("POST", path),
        mutation("refundOrder", order=order.number),
        refused="permission_denied",
    )
    door.do(stage.clerk, rest("POST", path), mutation("refundOrder", order=order.number))
    door.do(
        stage.clerk,
        rest("POST", path),
        mutation("refundOrder", order=order.number),
        refused="nothing_to_refund",
    )


def sends_its_part(door: Door, stage: Stage) -> None:
    order = places(door, stage)
    pays(door, stage, order)
    relay()
    part, alder = order.parts.get().number, stage.alder
    path = f"/api/vendor/orders/{part}"
    door.do(
        stage.vera,
        rest("POST", f"{path}/process/"),
        mutation("processVendorOrder", vendorOrder=part),
        refused="not_found",
    )
    door.do(
        stage.alice,
        rest("POST", f"{path}/process/"),
        mutation("processVendorOrder", vendorOrder=part),
        vendor=alder,
    )
    door.do(
        stage.alice,
        rest("POST", f"{path}/ship/", carrier="DHL", tracking_number="D1"),
        mutation(
            "shipVendorOrder", vendorOrder=part, input={"carrier": "DHL", "trackingNumber": "D1"}
        ),
        vendor=alder,
    )
    door.do(
        stage.alice,
        rest("POST", f"{path}/cancel/"),
        mutation("cancelVendorOrder", vendorOrder=part),
        vendor=alder,
        refused="illegal_move",
    )
    door.do(
        stage.alice,
        rest("POST", f"{path}/deliver/"),
        mutation("deliverVendorOrder", vendorOrder=part),
        vendor=alder,
    )


def becomes_a_seller(door: Door, stage: Stage) -> None:
    door.do(
        stage.bob,
        rest("POST", "/api/store/vendors/", name="Bob's boots", description="Sturdy."),
        mutation("applyAsVendor", input={"name": "Bob's boots", "description": "Sturdy."}),
    )
    boots = Vendor.objects.latest("pk").slug
    path = f"/api/store/vendors/{boots}"
    door.do(
        stage.bob,
        rest("POST", f"{path}/approve/"),
        mutation("approveVendor", vendor=boots),
        refused="permission_denied",
    )
    door.do(
        stage.mona,
        rest("POST", f"{path}/reject/", reason="No address."),
        mutation("rejectVendor", vendor=boots, reason="No address."),
    )
    door.do(
        stage.bob,
        rest("POST", f"{path}/reapply/", reason="Here it is."),
        mutation("reapplyAsVendor", vendor=boots, reason="Here it is."),
    )
    door.do(stage.mona, rest("POST", f"{path}/approve/"), mutation("approveVendor", vendor=boots))
    door.do(
        stage.mona,
        rest("POST", f"{path}/approve/"),
        mutation("approveVendor", vendor=boots),
        refused="illegal_move",
    )
    door.do(
        stage.bob,
        rest("POST", "/api/vendor/invitations/", email="vera@example.test", role="fulfiller"),
        mutation("inviteMember", input={"email": "vera@example.test", "role": "FULFILLER"}),
        vendor=boots,
    )
    token = token_for(VendorInvitation.objects.latest("pk"))
    door.do(
        stage.vera,
        rest("POST", "/api/vendor/invitations/accept/", token=token),
        mutation("acceptInvitation", token=token),
    )
    door.do(
        stage.mona,
        rest("POST", f"{path}/suspend/", reason="Late."),
        mutation("suspendVendor", vendor=boots, reason="Late."),
    )


def corrects_and_pays_out(door: Door, stage: Stage) -> None:
    path, vendor = "/api/store/adjustments/", stage.alder
    proposed = {"vendor": vendor, "amount": "25.00", "currency": "USD", "reason": "A lost parcel."}
    door.do(
        stage.mona, rest("POST", path, **proposed), mutation("proposeAdjustment", input=proposed)
    )
    door.do(
        stage.alice,
        rest("POST", path, **proposed),
        mutation("proposeAdjustment", input=proposed),
        refused="permission_denied",
    )
    pk = Adjustment.objects.latest("pk").pk
    door.do(
        stage.mona,
        rest("POST", f"{path}{pk}/approve/"),
        mutation("approveAdjustment", adjustment=pk),
        refused="needs_another",
    )
    root = stage.root
    door.do(
        root,
        rest("POST", f"{path}{pk}/approve/"),
        mutation("approveAdjustment", adjustment=pk),
    )
    door.do(
        stage.mona,
        rest("POST", "/api/store/payouts/run/", vendors=[vendor]),
        mutation("schedulePayouts", input={"vendors": [vendor]}),
    )
    number = Payout.objects.latest("pk").number
    door.do(
        stage.mona,
        rest("POST", f"/api/store/payouts/{number}/send/"),
        mutation("sendPayout", payout=number),
    )
    door.do(
        stage.mona,
        rest("POST", f"/api/store/payouts/{number}/settle/", reference="B-1"),
        mutation("settlePayout", payout=number, reference="B-1"),
    )
    door.do(
        stage.mona,
        rest("POST", f"/api/store/payouts/{number}/send/"),
        mutation("sendPayout", payout=number),
        refused="illegal_move",
    )


def listens(door: Door, stage: Stage) -> None:
    path, alder = "/api/store/webhooks/", stage.alder
    said = {"url": "https://hooks.example.com/new", "events": ["order.paid"], "vendor": alder}
    door.do(stage.alice, rest("POST", path, **said), mutation("createWebhook", input=said))
    door.do(
        stage.alice,
        rest("POST", path, **said | {"url": "http://127.0.0.1/"}),
        mutation("createWebhook", input=said | {"url": "http://127.0.0.1/"}),
        refused="address_not_allowed",
    )
    pk = Endpoint.objects.latest("pk").pk
    for move, name in (("test", "testWebhook"), ("rotate-secret", "rotateWebhookSecret")):
        door.do(stage.alice, rest("POST", f"{path}{pk}/{move}/"), mutation(name, webhook=pk))
    door.do(
        stage.vera,
        rest("DELETE", f"{path}{pk}/"),
        mutation("deleteWebhook", webhook=pk),
        refused="not_found",
    )
    door.do(stage.alice, rest("DELETE", f"{path}{pk}/"), mutation("deleteWebhook", webhook=pk))


RUNNING = (
    sends_an_order,
    gives_money_back,
    sends_its_part,
    becomes_a_seller,
    corrects_and_pays_out,
    listens,
)
