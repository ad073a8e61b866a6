"""What GraphQL shows of accounts, and takes in: `graphql.py` has the queries and mutations."""

from datetime import datetime
from typing import cast

import strawberry
from strawberry import UNSET

from shop.accounts import models as accounts
from shop.accounts import querysets

# --- Out --------------------------------------------------------------------------------------


@strawberry.type(description="A vendor that somebody acts for.")
class Membership:
    pk: int
    name: str
    slug: str
    status: str
    role: str


@strawberry.type(description="Somebody of the staff, by their address.")
class StaffReference:
    pk: int
    email: str


@strawberry.type(description="The caller's own account.")
class User:
    pk: int
    email: str
    username: str
    first_name: str
    last_name: str
    phone_number: str
    is_verified: bool
    date_joined: datetime

    @strawberry.field(description="customer, vendor, admin, and the groups of staff.")
    def roles(self) -> list[str]:
        user = cast("accounts.User", self)
        return querysets.roles_of(user, querysets.vendors_of(user))

    @strawberry.field
    def vendors(self) -> list[Membership]:
        return cast("list[Membership]", querysets.vendors_of(cast("accounts.User", self)))


@strawberry.type(description="An address of the caller's address book.")
class Address:
    pk: int
    full_name: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str = strawberry.field(description="ISO 3166-1 alpha-2")
    phone_number: str
    is_default_shipping: bool
    is_default_billing: bool
    created_at: datetime
    updated_at: datetime


@strawberry.type
class TokensPayload:
    access: str = strawberry.field(description="Send it as `Authorization: Bearer …`.")
    refresh: str = strawberry.field(description="Works once; `refresh` gives the next one.")


@strawberry.type
class RegisterPayload(TokensPayload):
    user: User


@strawberry.type
class UserPayload:
    user: User


@strawberry.type
class AddressPayload:
    address: Address


@strawberry.type(description="It was done; there is nothing to show.")
class DonePayload:
    done: bool = True


# --- In ---------------------------------------------------------------------------------------


@strawberry.input
class ProfileChanges:
    email: str | None = UNSET
    username: str | None = UNSET
    first_name: str | None = UNSET
    last_name: str | None = UNSET
    phone_number: str | None = UNSET


@strawberry.input
class RegisterInput(ProfileChanges):
    email: str
    password: str


@strawberry.input
class Credentials:
    email: str
    password: str


@strawberry.input(description="`refresh` names the session to end; `all` ends every one.")
class SignOutInput:
    refresh: str | None = UNSET
    all: bool | None = UNSET


@strawberry.input
class ChangePasswordInput:
    current_password: str
    new_password: str


@strawberry.input(description="`uid` and `token` are in the mail.")
class ResetPasswordInput:
    uid: str
    token: str
    new_password: str


@strawberry.input
class AddressInput:
    full_name: str
    line1: str
    line2: str | None = UNSET
    city: str
    region: str | None = UNSET
    postal_code: str | None = UNSET
    country: str
    phone_number: str | None = UNSET
    is_default_shipping: bool | None = UNSET
    is_default_billing: bool | None = UNSET


@strawberry.input
class AddressChanges:
    full_name: str | None = UNSET
    line1: str | None = UNSET
    line2: str | None = UNSET
    city: str | None = UNSET
    region: str | None = UNSET
    postal_code: str | None = UNSET
    country: str | None = UNSET
    phone_number: str | None = UNSET
    is_default_shipping: bool | None = UNSET
    is_default_billing: bool | None = UNSET
