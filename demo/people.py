"""Who the demo shop's people are. Those who work in it share one password; reviewers have none."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from shop.accounts.models import Address, User
from shop.core.views import DEMO_PASSWORD

REVIEWERS = ("Amina", "Bastien", "Chidi", "Dalia", "Emre", "Freya")


@dataclass(frozen=True)
class People:
    admin: User
    # Of the staff: decides about vendors and their money.
    steward: User
    # Owner, manager and fulfiller of one vendor, the owners of others, and who would be one.
    vendor: User
    manager: User
    fulfiller: User
    weaver: User
    bargainer: User
    applicant: User
    shopper: User
    reviewers: Sequence[User]


def make_people() -> People:
    # Hashing takes long on purpose; once is enough for a password that everybody may know.
    password = make_password(DEMO_PASSWORD)

    def person(name: str, first: str, last: str, **fields: bool) -> User:
        email = f"{name}@nexus.test"
        user = User(email=email, username=email, first_name=first, last_name=last, **fields)
        user.is_verified = True
        user.password = password
        user.save()
        return user

    def reviewer(first: str) -> User:
        user = person(first.lower(), first, "Demo")
        user.set_unusable_password()
        user.save(update_fields=["password"])
        return user

    people = People(
        admin=person("admin", "Ada", "Admin", is_staff=True, is_superuser=True),
        steward=person("steward", "Mona", "Steward", is_staff=True),
        vendor=person("vendor", "Vera", "Vendor"),
        manager=person("manager", "Mika", "Manager"),
        fulfiller=person("fulfiller", "Finn", "Fulfiller"),
        weaver=person("weaver", "Otto", "Weber"),
        bargainer=person("bargainer", "Boris", "Bargain"),
        applicant=person("applicant", "Noor", "Potter"),
        shopper=person("shopper", "Sam", "Shopper"),
        reviewers=[reviewer(name) for name in REVIEWERS],
    )
    people.steward.groups.add(Group.objects.get(name="vendor managers"))
    Address.objects.create(
        user=people.shopper,
        full_name="Sam Shopper",
        line1="12 Market Street",
        city="Bristol",
        postal_code="BS1 4DJ",
        country="GB",
        phone_number="+441174960123",
        is_default_shipping=True,
        is_default_billing=True,
    )
    return people
