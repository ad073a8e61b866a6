"""The caller's address book: `/api/store/addresses/`."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.accounts import querysets, services
from shop.accounts.errors import AddressBookIsFull
from shop.accounts.models import Address
from shop.accounts.serializers import ADDRESS_COLUMNS, AddressInput, AddressOutput
from shop.accounts.views import examples
from shop.accounts.views.base import caller, parse
from shop.core import references
from shop.core.errors import NotFound
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented

TAGS = ["Addresses"]
# What PUT empties when it is left out; what the address is the default for stays.
BLANK = dict.fromkeys(("line2", "region", "postal_code", "phone_number"), "")


class AddressViewSet(OncePerKey, GenericViewSet[Address]):
    """Everybody sees and changes their own addresses only; others are 404."""

    queryset = Address.objects.all()
    serializer_class = AddressOutput
    lookup_value_regex = "[0-9]+"
    lookup_url_kwarg = "id"

    def get_queryset(self) -> QuerySet[Address]:
        return querysets.addresses_of(caller(self.request))

    def hold(self, request: Request, **address: Any) -> None:
        querysets.locked(caller(request))
        references.get(self.get_queryset().select_for_update(no_key=True), address["id"])

    @documented(
        "My addresses",
        response=AddressOutput(many=True),
        example=examples.ADDRESS,
        tags=TAGS,
    )
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset().values(*ADDRESS_COLUMNS))
        return self.get_paginated_response(page)

    @documented(
        "Add an address",
        request=AddressInput,
        response=AddressOutput,
        status=201,
        body=examples.ADDRESS_BODY,
        example=examples.ADDRESS,
        refuses=[AddressBookIsFull],
        tags=TAGS,
    )
    def create(self, request: Request) -> Response:
        """The first address becomes the default for shipping and for billing."""
        address = services.add_address(user=caller(request), fields=parse(AddressInput, request))
        return Response(AddressOutput(address).data, status=201)

    @documented(
        "One address",
        response=AddressOutput,
        example=examples.ADDRESS,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 (named by the path)
        return Response(AddressOutput(references.get(self.get_queryset(), id)).data)

    @documented(
        "Replace an address",
        request=AddressInput,
        response=AddressOutput,
        body=examples.ADDRESS_BODY,
        example=examples.ADDRESS,
        refuses=[NotFound],
        tags=TAGS,
    )
    def update(self, request: Request, id: str) -> Response:  # noqa: A002
        """What is left out becomes empty; what the address is the default for stays."""
        fields = BLANK | parse(AddressInput, request)
        address = services.change_address(user=caller(request), address_id=id, fields=fields)
        return Response(AddressOutput(address).data)

    @documented(
        "Change an address",
        request=AddressInput,
        response=AddressOutput,
        body={"is_default_shipping": True},
        example=examples.ADDRESS,
        refuses=[NotFound],
        tags=TAGS,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """A new default takes the place of the old one."""
        fields = parse(AddressInput, request, partial=True)
        address = services.change_address(user=caller(request), address_id=id, fields=fields)
        return Response(AddressOutput(address).data)

    @documented("Delete an address", status=204, refuses=[NotFound], tags=TAGS)
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Past orders keep their copy. No other address becomes the default by itself."""
        services.delete_address(user=caller(request), address_id=id)
        return Response(status=204)
