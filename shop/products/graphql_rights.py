"""Who may write the catalogue by GraphQL, and see what is hidden: the rules of `permissions`."""

from typing import Any

import strawberry

from shop.accounts.graphql import caller
from shop.accounts.models import User
from shop.core import references
from shop.core.errors import NotAllowed, NotFound
from shop.core.graphql.inputs import key, reference
from shop.products import models, querysets
from shop.vendors import querysets as vendors


def writer(info: strawberry.Info, permission: str) -> User:
    """The caller, whom `StaffWrite` lets do it; raises `NotAuthenticated`, `NotAllowed`."""
    user = caller(info)
    if not user.has_perm(permission):
        raise NotAllowed
    return user


def seller(info: strawberry.Info, permission: str) -> User:
    """The caller, whom `SellersWrite` lets do it; hold them to `editable` goods.

    Raises `NotAuthenticated`, `NotAllowed`.
    """
    user = caller(info)
    if not (user.has_perm(permission) or querysets.managed_vendors(user).exists()):
        raise NotAllowed
    return user


def editable(user: User, named: str, permission: str) -> models.Product:
    """The product `named` by id or slug, of which only its id is read; another's: `NotFound`."""
    products = querysets.editable_products(user, permission=permission)
    return references.get(products.only("pk"), reference("Product", named))


def editable_part(user: User, kind: Any, named: str, permission: str) -> Any:
    """The variant or image (`kind`) with the id `named`, of a product as in `editable`."""
    found = key(kind.__name__, named)
    if found is None:
        raise NotFound
    products = querysets.editable_products(user, permission=permission)
    return references.get(kind.objects.filter(product__in=products), found)


def sees_hidden(info: strawberry.Info, vendor_id: int) -> bool:
    """As `querysets.may_see_hidden`, asked of the database once in a request."""
    user, remembered = info.context.request.user, info.context.remembered
    if not isinstance(user, User):
        return False
    if user.has_perm("products.view_product"):
        return True
    if "products.seen_whole" not in remembered:
        of_vendors = vendors.vendors_of(user).values_list("pk", flat=True)
        remembered["products.seen_whole"] = frozenset(of_vendors)
    return vendor_id in remembered["products.seen_whole"]
