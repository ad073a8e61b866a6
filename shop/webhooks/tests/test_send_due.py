"""From a delivery that is due to a receiver that has it."""

import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from shop.accounts.models import User
from shop.core.models import OutboxEvent
from shop.orders.events import OrderPaid
from shop.orders.tests.make import make_order
from shop.products.tests.make import make_product
from shop.vendors.models import Vendor
from shop.webhooks import services, tasks
from shop.webhooks.events import WebhookPaused
from shop.webhooks.models import Delivery, Endpoint
from shop.webhooks.sending import Outcome
from shop.webhooks.services.outcomes import BACK_OFF, MAX_ATTEMPTS
from shop.webhooks.tests.make import (
    BROKEN,
    OK,
    Receiver,
    accept,
    make_endpoint,
    receiving,
    record,
    refuse,
    relay,
    tell,
)

pytestmark = pytest.mark.django_db

GONE = Outcome(status_code=410, error="answered 410", duration_ms=3)


def make_due() -> None:
    Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))


def paused_events() -> list[object]:
    return list(
        OutboxEvent.objects.filter(name=WebhookPaused.name).values_list("payload", flat=True)
    )


@pytest.fixture
def delivery() -> Delivery:
    make_endpoint()
    tell(OrderPaid(order_id=1))
    return Delivery.objects.get()


class TestMessage:
    def test_tells_what_happened_with_ids_only(self, alice: User, receiver: Receiver) -> None:
        make_endpoint("order.placed", url=receiver.url)
        order = make_order(alice)
        relay()
        assert services.send_due() == 1
        event = OutboxEvent.objects.get(name="order.placed")
        assert receiver.heard[0].body == {
            "id": f"evt_{event.pk}",
            "position": event.position,
            "type": "order.placed",
            "created_at": event.created_at.isoformat().replace("+00:00", "Z"),
            "data": {"order_id": order.pk, "order_number": order.number},
        }

    def test_does_not_tell_who_of_the_staff_did_it(self, receiver: Receiver) -> None:
        make_endpoint("product.created", url=receiver.url)
        product = make_product()
        relay()
        services.send_due()
        assert receiver.heard[0].body["data"] == {"product_id": product.pk}

    def test_is_signed_as_standard_webhooks_has_it(self, receiver: Receiver) -> None:
        endpoint = make_endpoint(url=receiver.url)
        (event,) = tell(OrderPaid(order_id=1))
        services.send_due()
        (heard,) = receiver.heard
        assert heard.headers["webhook-id"] == f"evt_{event.pk}"
        checked = Webhook(endpoint.secret).verify(heard.raw, heard.headers)
        assert checked["type"] == "order.paid"
        with pytest.raises(WebhookVerificationError):
            Webhook(endpoint.secret).verify(heard.raw + b" ", heard.headers)

    def test_is_signed_with_both_secrets_while_one_is_replaced(self, receiver: Receiver) -> None:
        old = make_endpoint(url=receiver.url).secret
        endpoint = services.rotate_secret(endpoint_id=Endpoint.objects.get().pk)
        tell(OrderPaid(order_id=1))
        services.send_due()
        (heard,) = receiver.heard
        for secret in (old, endpoint.secret):
            Webhook(secret).verify(heard.raw, heard.headers)

    def test_is_signed_with_the_new_secret_alone_after_a_day(self, receiver: Receiver) -> None:
        old = make_endpoint(url=receiver.url).secret
        services.rotate_secret(endpoint_id=Endpoint.objects.get().pk)
        Endpoint.objects.update(previous_secret_until=timezone.now())
        tell(OrderPaid(order_id=1))
        services.send_due()
        (heard,) = receiver.heard
        with pytest.raises(WebhookVerificationError):
            Webhook(old).verify(heard.raw, heard.headers)

    def test_has_the_same_id_each_time(self, receiver: Receiver) -> None:
        make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))
        receiver.answer = refuse
        for _ in range(2):
            services.send_due()
            make_due()
        first, second = receiver.heard
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.raw == second.raw


class TestSuccess:
    def test_is_noted_and_not_sent_again(self, receiver: Receiver) -> None:
        make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))
        assert services.send_due() == 1
        assert services.send_due() == 0
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts) == (Delivery.State.DELIVERED, 1)
        assert delivery.delivered_at is not None
        assert [attempt.status_code for attempt in delivery.log.all()] == [204]

    def test_ends_a_row_of_failures(self, delivery: Delivery) -> None:
        record(delivery, BROKEN, BROKEN, OK)
        endpoint = Endpoint.objects.get()
        assert (endpoint.consecutive_failures, endpoint.failing_since) == (0, None)


class TestFailure:
    def test_is_logged_and_tried_again_later(self, receiver: Receiver) -> None:
        make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))
        receiver.answer = refuse
        services.send_due()
        assert services.send_due() == 0, "not before its time"
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.last_status) == (Delivery.State.WAITING, 500)
        (attempt,) = delivery.log.all()
        assert (attempt.error, attempt.answer) == ("answered 500", "oh no")
        receiver.answer = accept
        make_due()
        services.send_due()
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == (Delivery.State.DELIVERED, 2)

    def test_comes_back_ever_later_for_three_days_and_then_no_more(
        self, delivery: Delivery
    ) -> None:
        for pause in BACK_OFF:
            record(delivery, BROKEN)
            left = delivery.next_attempt_at - timezone.now()
            assert pause - timedelta(seconds=2) < left < pause * 1.1 + timedelta(seconds=2)
        assert delivery.state == Delivery.State.WAITING
        record(delivery, BROKEN)
        assert (delivery.state, delivery.attempts) == (Delivery.State.FAILED, MAX_ATTEMPTS)
        assert timedelta(days=3) <= sum(BACK_OFF, timedelta()) < timedelta(days=3.1)

    def test_of_a_process_that_lost_its_claim_changes_nothing(self, delivery: Delivery) -> None:
        record(delivery, OK)
        services.record_outcome(
            delivery_id=delivery.pk, claimed_until=timezone.now(), outcome=BROKEN
        )
        delivery.refresh_from_db()
        assert delivery.state == Delivery.State.DELIVERED
        assert delivery.log.count() == 2

    def test_after_the_endpoint_was_deleted_is_nobodys(self, delivery: Delivery) -> None:
        services.delete_endpoint(endpoint_id=delivery.endpoint_id)
        services.record_outcome(
            delivery_id=delivery.pk, claimed_until=timezone.now(), outcome=BROKEN
        )
        assert not Delivery.objects.exists()


class TestPause:
    def fail(self, delivery: Delivery, *, times: int, since: timedelta) -> Endpoint:
        record(delivery, BROKEN)
        Endpoint.objects.update(failing_since=timezone.now() - since)
        record(delivery, *[BROKEN] * (times - 1))
        return Endpoint.objects.get()

    def test_follows_20_failures_in_an_hour(self, delivery: Delivery) -> None:
        endpoint = self.fail(delivery, times=20, since=timedelta(hours=1))
        assert endpoint.paused_at is not None
        assert "20 attempts in a row failed, the last one: answered 500" in endpoint.pause_reason
        assert paused_events() == [{"endpoint_id": endpoint.pk, "vendor_id": None}]

    def test_does_not_follow_fewer_failures(self, delivery: Delivery) -> None:
        assert self.fail(delivery, times=19, since=timedelta(hours=1)).paused_at is None

    def test_does_not_follow_a_short_outage(self, delivery: Delivery) -> None:
        assert self.fail(delivery, times=30, since=timedelta(minutes=50)).paused_at is None

    def test_follows_few_failures_in_three_days(self, delivery: Delivery) -> None:
        assert self.fail(delivery, times=4, since=timedelta(days=3)).paused_at is not None

    def test_follows_gone_at_once(self, delivery: Delivery) -> None:
        record(delivery, GONE)
        assert Endpoint.objects.get().pause_reason == "It answered 410 Gone."

    def test_is_told_once(self, delivery: Delivery) -> None:
        record(delivery, GONE, GONE)
        assert len(paused_events()) == 1

    def test_makes_deliveries_wait_until_it_is_resumed(self, receiver: Receiver) -> None:
        endpoint = make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))
        record(Delivery.objects.get(), GONE)
        make_due()
        tell(OrderPaid(order_id=2))
        assert services.send_due() == 0
        Delivery.objects.filter(attempts=1).update(next_attempt_at=timezone.now() + timedelta(1))
        services.resume_endpoint(endpoint_id=endpoint.pk)
        assert services.send_due() == 2
        assert not Delivery.objects.exclude(state=Delivery.State.DELIVERED).exists()


class TestClaims:
    def test_what_is_on_its_way_is_not_sent_again(self, receiver: Receiver) -> None:
        make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))

        def slow(request: BaseHTTPRequestHandler) -> None:
            time.sleep(0.5)  # longer than the sender waits before it looks for more
            accept(request)

        receiver.answer = slow
        services.send_due()
        assert len(receiver.heard) == 1

    def test_what_a_dead_worker_held_is_sent_by_another(self, receiver: Receiver) -> None:
        make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))
        Delivery.objects.update(claimed_until=timezone.now() + timedelta(seconds=60))
        assert services.send_due() == 0
        Delivery.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
        assert services.send_due() == 1

    def test_a_slow_receiver_gets_few_at_once_and_holds_up_nobody(self, receiver: Receiver) -> None:
        at_once, most = [0], [0]

        def slow(request: BaseHTTPRequestHandler) -> None:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
            time.sleep(1)
            at_once[0] -= 1
            accept(request)

        receiver.answer = slow
        times: list[float] = []

        def note(request: BaseHTTPRequestHandler) -> None:
            times.append(time.monotonic())
            accept(request)

        with receiving() as quick:
            quick.answer = note
            make_endpoint(url=receiver.url)
            make_endpoint(url=quick.url)
            tell(*(OrderPaid(order_id=number) for number in range(1, 8)))
            started = time.monotonic()
            assert services.send_due() == 14
        assert most[0] <= 3
        assert max(times) - started < 2, "the slow one took three rounds of a second"

    def test_those_of_a_suspended_vendor_wait(self, receiver: Receiver, vases: Vendor) -> None:
        make_endpoint(url=receiver.url, vendor=vases)
        make_product(vendor=vases)
        relay()
        Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
        assert services.send_due() == 0
        Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.APPROVED)
        assert services.send_due() == 1

    def test_looking_in_vain_is_one_statement(self, delivery: Delivery) -> None:
        record(delivery, OK)
        with CaptureQueriesContext(connection) as queries:
            assert services.send_due() == 0
        # A savepoint here, a transaction otherwise.
        assert len(queries) == 3

    def test_the_periodic_task_takes_only_what_nobody_sees_to(self, receiver: Receiver) -> None:
        make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))
        tasks.redeliver()
        assert receiver.heard == []
        Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=2))
        tasks.redeliver()
        assert len(receiver.heard) == 1


class TestRedeliver:
    def test_sends_what_was_given_up_with_all_its_attempts(self, delivery: Delivery) -> None:
        record(delivery, *[BROKEN] * MAX_ATTEMPTS)
        again = services.redeliver(endpoint_id=delivery.endpoint_id, delivery_id=delivery.pk)
        assert (again.state, again.attempts) == (Delivery.State.WAITING, 0)
        assert again.next_attempt_at <= timezone.now()

    def test_sends_what_had_arrived(self, receiver: Receiver) -> None:
        endpoint = make_endpoint(url=receiver.url)
        tell(OrderPaid(order_id=1))
        services.send_due()
        services.redeliver(endpoint_id=endpoint.pk, delivery_id=Delivery.objects.get().pk)
        services.send_due()
        first, second = receiver.heard
        assert first.headers["webhook-id"] == second.headers["webhook-id"]


class TestPrune:
    @pytest.fixture
    def old(self, delivery: Delivery) -> Delivery:
        Delivery.objects.update(created_at=timezone.now() - timedelta(days=31))
        return delivery

    def test_forgets_what_is_done_after_a_month(self, old: Delivery) -> None:
        record(old, OK)
        tasks.prune_deliveries()
        assert not Delivery.objects.exists()

    def test_forgets_what_waited_a_month_for_nobody(self, old: Delivery) -> None:
        record(old, GONE)
        tasks.prune_deliveries()
        assert not Delivery.objects.exists()

    def test_forgets_what_waited_a_month_for_a_suspended_vendor(
        self, old: Delivery, vases: Vendor
    ) -> None:
        Endpoint.objects.update(vendor=vases)
        tasks.prune_deliveries()
        assert Delivery.objects.exists()
        Vendor.objects.filter(pk=vases.pk).update(status=Vendor.Status.SUSPENDED)
        tasks.prune_deliveries()
        assert not Delivery.objects.exists()

    def test_keeps_what_is_still_to_be_sent(self, old: Delivery) -> None:
        tasks.prune_deliveries()
        assert Delivery.objects.exists()

    def test_keeps_what_is_younger(self, delivery: Delivery) -> None:
        record(delivery, OK)
        tasks.prune_deliveries()
        assert Delivery.objects.exists()
