import pytest
from django.db.transaction import TransactionManagementError

from shop.core import sql
from shop.core.models import OutboxEvent, RateLimitCounter


@pytest.mark.django_db
def test_gives_instances_as_the_orm_does() -> None:
    made = OutboxEvent.objects.create(name="test.done", payload={"test_id": 1})
    statement = f"SELECT {sql.columns(OutboxEvent, 'event')} FROM core_outboxevent AS event"
    (found,) = sql.instances(OutboxEvent, statement)
    assert found == made
    assert found.payload == {"test_id": 1}
    found.attempts = 2
    found.save(update_fields=["attempts"])
    assert OutboxEvent.objects.get().attempts == 2


@pytest.mark.django_db
def test_gives_rows_by_name_and_counts_what_it_wrote() -> None:
    statement = "INSERT INTO core_ratelimitcounter (key, window_start, count) VALUES (%s, now(), 3)"
    assert sql.run(statement, ["a"]) == 1
    assert sql.rows(
        "SELECT key, count FROM core_ratelimitcounter WHERE key = %(key)s", {"key": "a"}
    )
    assert RateLimitCounter.objects.get().count == 3


@pytest.mark.django_db(transaction=True)
def test_refuses_to_lock_outside_of_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        sql.rows("SELECT id FROM core_outboxevent FOR UPDATE")
