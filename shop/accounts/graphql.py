"""Accounts, sign-in and address books: the services and limits of REST."""

from typing import cast

import strawberry
from rest_framework.exceptions import NotAuthenticated

from shop.accounts import limits, querysets, services, tokens
from shop.accounts import models as accounts
from shop.accounts.graphql_parts import (
    Address,
    AddressChanges,
    AddressInput,
    AddressPayload,
    ChangePasswordInput,
    Credentials,
    DonePayload,
    ProfileChanges,
    RegisterInput,
    RegisterPayload,
    ResetPasswordInput,
    SignOutInput,
    TokensPayload,
    User,
    UserPayload,
)
from shop.accounts.limits import network_of
from shop.accounts.serializers import (
    AddressInput as AddressShape,
)
from shop.accounts.serializers import (
    EmailInput,
    LogoutInput,
    PasswordChangeInput,
    PasswordResetConfirmInput,
    ProfileInput,
    RefreshInput,
    RegistrationInput,
    SignInInput,
    VerifyInput,
)
from shop.core import references
from shop.core.errors import NotAllowed
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import checked, known_key
from shop.core.graphql.requests import FOR_STRANGERS
from shop.core.inputs import parsed
from shop.core.rate_limits import RateLimit, client_address


def caller(info: strawberry.Info) -> accounts.User:
    """Who is signed in; raises REST framework's `NotAuthenticated`."""
    user = info.context.request.user
    if not isinstance(user, accounts.User):
        raise NotAuthenticated
    return user


def staff_with(info: strawberry.Info, permission: str) -> accounts.User:
    """The caller, who is staff with this Django permission, such as "orders.change_order".

    Raises `NotAuthenticated` and `NotAllowed`.
    """
    user = caller(info)
    if not (user.is_staff and user.has_perm(permission)):
        raise NotAllowed
    return user


def _count(info: strawberry.Info, limit: RateLimit) -> None:
    limit.count(network_of(client_address(info.context.request)))


def _device(info: strawberry.Info) -> dict[str, str]:
    request = info.context.request
    return {
        "address": client_address(request),
        "user_agent": request.headers.get("User-Agent", ""),
    }


@strawberry.type
class AccountQuery:
    @strawberry.field(description="Who is signed in; null: nobody.")
    def me(self, info: strawberry.Info) -> User | None:
        user = info.context.request.user
        return cast("User", user) if isinstance(user, accounts.User) else None

    @strawberry.field(description="The caller's address book.")
    def addresses(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Address] | None:
        rows = querysets.addresses_of(caller(info))
        page = Page(first=first, after=after, last=last, before=before)
        return cast("Connection[Address]", connection(Connection[Address], rows, page))

    @strawberry.field(description="One of them, by its `pk`.")
    def address(self, info: strawberry.Info, id: strawberry.ID) -> Address | None:  # noqa: A002
        own = querysets.addresses_of(caller(info))
        return cast("Address", references.get(own, known_key("Address", id)))


@strawberry.type
class AccountMutation:
    @strawberry.mutation(
        metadata=FOR_STRANGERS, description="Opens an account, signs it in, and mails a token."
    )
    def register(self, info: strawberry.Info, input: RegisterInput) -> RegisterPayload | None:  # noqa: A002
        _count(info, limits.REGISTRATION_FROM_ADDRESS)
        user = services.register_user(**checked(RegistrationInput, input))
        session = services.open_session(user=user, **_device(info))
        return RegisterPayload(user=cast("User", user), **tokens.pair_for(session))

    @strawberry.mutation(metadata=FOR_STRANGERS)
    def sign_in(self, info: strawberry.Info, input: Credentials) -> TokensPayload | None:  # noqa: A002
        _count(info, limits.SIGN_IN_FROM_ADDRESS)
        session = services.sign_in(**checked(SignInInput, input), **_device(info))
        return TokensPayload(**tokens.pair_for(session))

    @strawberry.mutation(
        metadata=FOR_STRANGERS,
        description="Spends the refresh token for a new pair. A spent one ends the session.",
    )
    def refresh(self, refresh: str) -> TokensPayload | None:
        session = services.refresh_session(**parsed(RefreshInput, {"refresh": refresh}))
        return TokensPayload(**tokens.pair_for(session))

    @strawberry.mutation(
        metadata=FOR_STRANGERS,
        description="Whether an access or refresh token would be accepted now; spends nothing.",
    )
    def verify_token(self, token: str) -> DonePayload | None:
        tokens.verify(parsed(VerifyInput, {"token": token})["token"])
        return DonePayload()

    @strawberry.mutation(description="Ends a session, or every one with `all`.")
    def sign_out(self, info: strawberry.Info, input: SignOutInput) -> DonePayload | None:  # noqa: A002
        user, wanted = caller(info), checked(LogoutInput, input)
        if wanted["all"]:
            services.end_all_sessions(user=user)
        else:
            services.end_session(user=user, refresh=wanted["refresh"])
        return DonePayload()

    @strawberry.mutation(description="What is left out stays.")
    def change_me(self, info: strawberry.Info, input: ProfileChanges) -> UserPayload | None:  # noqa: A002
        changes = cast("services.UserChanges", checked(ProfileInput, input))
        user = services.change_user(user=caller(info), changes=changes)
        return UserPayload(user=cast("User", user))

    @strawberry.mutation(description="Ends every session but this one.")
    def change_password(
        self,
        info: strawberry.Info,
        input: ChangePasswordInput,  # noqa: A002
    ) -> DonePayload | None:
        user, words = caller(info), checked(PasswordChangeInput, input)
        services.change_password(user=user, keep=info.context.request.auth, **words)
        return DonePayload()

    @strawberry.mutation(
        description="Removes names, addresses and sessions for ever; orders keep what books need."
    )
    def erase_me(self, info: strawberry.Info) -> DonePayload | None:
        services.erase_user(user=caller(info))
        return DonePayload()

    @strawberry.mutation(description="The first one becomes the default.")
    def add_address(self, info: strawberry.Info, input: AddressInput) -> AddressPayload | None:  # noqa: A002
        fields = checked(AddressShape, input)
        address = services.add_address(user=caller(info), fields=fields)
        return AddressPayload(address=cast("Address", address))

    @strawberry.mutation(description="What is left out stays.")
    def change_address(
        self,
        info: strawberry.Info,
        address: int,
        input: AddressChanges,  # noqa: A002
    ) -> AddressPayload | None:
        fields = checked(AddressShape, input, partial=True)
        changed = services.change_address(user=caller(info), address_id=address, fields=fields)
        return AddressPayload(address=cast("Address", changed))

    @strawberry.mutation(description="Past orders keep their copy.")
    def delete_address(self, info: strawberry.Info, address: int) -> DonePayload | None:
        services.delete_address(user=caller(info), address_id=address)
        return DonePayload()


@strawberry.type
class AccountMailMutation:
    """What begins with a mail: for those who cannot sign in, or have not confirmed an address."""

    @strawberry.mutation(
        metadata=FOR_STRANGERS,
        description="Mails `uid` and `token`. Says the same whether the account exists or not.",
    )
    def request_password_reset(self, info: strawberry.Info, email: str) -> DonePayload | None:
        _count(info, limits.RESET_FROM_ADDRESS)
        services.request_password_reset(**parsed(EmailInput, {"email": email}))
        return DonePayload()

    @strawberry.mutation(
        metadata=FOR_STRANGERS,
        description="Takes `uid` and `token` of the mail, once, and ends every session.",
    )
    def reset_password(
        self,
        info: strawberry.Info,
        input: ResetPasswordInput,  # noqa: A002
    ) -> DonePayload | None:
        _count(info, limits.RESET_CONFIRM_FROM_ADDRESS)
        services.reset_password(**checked(PasswordResetConfirmInput, input))
        return DonePayload()

    @strawberry.mutation(
        metadata=FOR_STRANGERS,
        description="Mails the confirmation again. Says the same whether an account waits or not.",
    )
    def request_verification(self, info: strawberry.Info, email: str) -> DonePayload | None:
        _count(info, limits.VERIFICATION_FROM_ADDRESS)
        services.request_verification(**parsed(EmailInput, {"email": email}))
        return DonePayload()

    @strawberry.mutation(
        metadata=FOR_STRANGERS, description="Takes the token of the mail; may be repeated."
    )
    def verify_email(self, token: str) -> DonePayload | None:
        services.verify_email(**parsed(VerifyInput, {"token": token}))
        return DonePayload()
