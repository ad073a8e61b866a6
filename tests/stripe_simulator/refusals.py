"""Refusals, in the words and shapes of Stripe's errors."""

from typing import Any

Object = dict[str, Any]


class Refused(Exception):
    """An answer that is an error. `is_final`: kept for the request's idempotency key."""

    def __init__(self, status: int, message: str, *, is_final: bool = False, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.is_final = is_final
        self.body = {"error": {"message": message, "type": "invalid_request_error"} | more}


def unauthorized(message: str) -> Refused:
    return Refused(401, message)


def missing(kind: str, name: str, param: str | None = None) -> Refused:
    """404 for an object of the address, 400 for one that a parameter names."""
    return Refused(
        400 if param else 404,
        f"No such {kind}: '{name}'",
        code="resource_missing",
        param=param or "id",
    )


def invalid(param: str, message: str, code: str = "parameter_invalid") -> Refused:
    return Refused(400, message, code=code, param=param)


def required(param: str) -> Refused:
    return Refused(400, f"Missing required param: {param}.", code="parameter_missing", param=param)


def unexpected_state(intent: Object, verb: str) -> Refused:
    return Refused(
        400,
        f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}.",
        is_final=True,
        code="payment_intent_unexpected_state",
        payment_intent=intent,
    )


def other_parameters(key: str) -> Refused:
    return Refused(
        400,
        "Keys for idempotent requests can only be used with the same parameters they were "
        f"first used with. Try using a key other than '{key}' if you meant to execute a "
        "different request.",
        type="idempotency_error",
    )


def declined(error: Object) -> Refused:
    """402 with what `last_payment_error` of the intent says."""
    more = {name: value for name, value in error.items() if name != "message"}
    return Refused(402, error["message"], is_final=True, **more)
