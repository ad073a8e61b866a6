"""Who is calling: the access token's session, alive, and its active user, in one query."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from shop.accounts import tokens
from shop.accounts.errors import TokenNotValid
from shop.accounts.models import AuthSession, User


class JWTSessionAuthentication(BaseAuthentication):
    """`Authorization: Bearer <access token>`; `request.auth` is the session."""

    def authenticate(self, request: Request) -> tuple[User, AuthSession] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed("Send one token: Authorization: Bearer <token>.")
        try:
            session = tokens.session_of_access_token(parts[1].decode("latin-1"))
        except TokenNotValid as error:
            raise AuthenticationFailed(str(error), code=error.code) from None
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
