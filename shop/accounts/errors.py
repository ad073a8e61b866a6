"""What accounts refuse."""

from shop.core.errors import DomainError


class TokenNotValid(DomainError):
    status = 401
    code = "token_not_valid"
    detail = "The token is invalid, expired or its session has ended."
