"""The caller's own account: `/api/auth/user/`, `/api/store/users/me/`."""

from typing import Any, cast

from rest_framework.request import Request
from rest_framework.response import Response

from shop.accounts import querysets, services
from shop.accounts.errors import EmailTaken, UsernameTaken
from shop.accounts.serializers import (
    AccountOutput,
    ProfileInput,
    ProfileOutput,
    account_of,
    profile_of,
)
from shop.accounts.views import examples
from shop.accounts.views.base import caller, parse
from shop.core.http.preconditions import OnlyIfMatch
from shop.core.openapi import documented


class OwnAccount(OnlyIfMatch):
    def hold(self, request: Request, **_: Any) -> None:
        # As it is now, not as it was when the token was read.
        request.user = querysets.locked(caller(request))


class AccountView(OwnAccount):
    """Who the caller is, and how to reach them."""

    @documented("My account", response=AccountOutput, example=examples.ACCOUNT, tags=["Account"])
    def get(self, request: Request) -> Response:
        return Response(account_of(caller(request)))

    @documented(
        "Change my account",
        request=ProfileInput,
        response=AccountOutput,
        body={"username": "alice"},
        example=examples.ACCOUNT | {"username": "alice"},
        refuses=[EmailTaken, UsernameTaken],
        tags=["Account"],
    )
    def patch(self, request: Request) -> Response:
        """A new e-mail address is used at once, and has to be confirmed by the mail sent to it."""
        changes = cast("services.UserChanges", parse(ProfileInput, request))
        return Response(account_of(services.change_user(user=caller(request), changes=changes)))

    @documented("Erase my account", status=204, tags=["Account"])
    def delete(self, request: Request) -> Response:
        """Removes names, addresses and sessions for ever; orders keep what bookkeeping needs."""
        services.erase_user(user=caller(request))
        return Response(status=204)


class ProfileView(OwnAccount):
    @documented("My profile", response=ProfileOutput, example=examples.PROFILE, tags=["Account"])
    def get(self, request: Request) -> Response:
        """With my roles in the shop and the vendors that I act for."""
        return Response(profile_of(caller(request)))

    @documented(
        "Change my profile",
        request=ProfileInput,
        response=ProfileOutput,
        body={"first_name": "Alice", "phone_number": "+15550100"},
        example=examples.PROFILE,
        refuses=[EmailTaken, UsernameTaken],
        tags=["Account"],
    )
    def patch(self, request: Request) -> Response:
        """A new e-mail address is used at once, and has to be confirmed by the mail sent to it."""
        changes = cast("services.UserChanges", parse(ProfileInput, request))
        return Response(profile_of(services.change_user(user=caller(request), changes=changes)))
