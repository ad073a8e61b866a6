"""The database goes in the middle of a request."""

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from shop.core.middleware import AnswerFailuresMiddleware, error_response
from shop.core.tests.outage import end_this_session

pytestmark = pytest.mark.django_db(transaction=True)


class Reader:
    """Reads twice; the database goes in between, the first `times` times."""

    def __init__(self, times: int) -> None:
        self.times, self.calls = times, 0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.calls += 1
        if self.calls <= self.times:
            end_this_session()
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except OperationalError:
            return error_response(503, "service_unavailable", "Away.")
        return HttpResponse("read")


def test_a_read_that_was_cut_off_is_done_again() -> None:
    reader = Reader(times=1)
    answer = AnswerFailuresMiddleware(reader)(RequestFactory().get("/"))
    assert (answer.status_code, reader.calls) == (200, 2)


def test_only_once() -> None:
    reader = Reader(times=9)
    answer = AnswerFailuresMiddleware(reader)(RequestFactory().get("/"))
    assert (answer.status_code, reader.calls) == (503, 2)
    assert answer["Retry-After"] == "2"
    connection.close()


def test_a_write_is_left_to_the_client() -> None:
    reader = Reader(times=1)
    answer = AnswerFailuresMiddleware(reader)(RequestFactory().post("/"))
    assert (answer.status_code, reader.calls) == (503, 1)
    connection.close()


def test_who_got_no_connection_is_not_kept_waiting_again() -> None:
    connection.close()
    calls = []

    def away(request: HttpRequest) -> HttpResponse:
        calls.append(1)
        return error_response(503, "service_unavailable", "Away.")

    AnswerFailuresMiddleware(away)(RequestFactory().get("/"))
    assert len(calls) == 1
