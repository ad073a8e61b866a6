"""What the views of accounts share."""

from typing import Any, cast

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from shop.accounts.limits import network_of
from shop.accounts.models import AuthSession, User
from shop.core.once_per_key import OncePerKey
from shop.core.rate_limits import RateLimit, client_address


class PublicView(OncePerKey):
    """For everybody; an old token in the header does no harm. `limit` is per address."""

    authentication_classes = []
    permission_classes = [AllowAny]
    limit: RateLimit | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.limit is not None:
            self.limit.count(network_of(client_address(request)))


def parse(
    kind: type[Serializer[Any]], request: Request, *, partial: bool = False
) -> dict[str, Any]:
    """The validated body; raises a 400 that names each bad field."""
    serializer = kind(data=request.data, partial=partial)
    serializer.is_valid(raise_exception=True)
    return cast("dict[str, Any]", serializer.validated_data)


def caller(request: Request) -> User:
    return cast("User", request.user)


def session_of(request: Request) -> AuthSession:
    return cast("AuthSession", request.auth)


def device(request: Request) -> dict[str, str]:
    """Where a session begins: the arguments `address` and `user_agent` of services."""
    return {
        "address": client_address(request),
        "user_agent": request.headers.get("User-Agent", ""),
    }
