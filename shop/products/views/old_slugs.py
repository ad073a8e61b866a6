"""Old addresses: a GET with a slug of former times is sent on to the present one."""

from typing import Any

from django.urls import reverse
from rest_framework.response import Response
from rest_framework.views import APIView

from shop.core.errors import NotFound
from shop.products import querysets


class FollowsOldSlugs(APIView):
    """Answers 301 instead of 404 where `slug_now` knows the slug in the address."""

    slug_argument = "slug"

    def slug_now(self, old_slug: str) -> str | None:
        """The present slug of what was once called `old_slug`, if the caller may see it."""
        raise NotImplementedError

    def handle_exception(self, exc: Exception) -> Response:
        old_slug = self.kwargs.get(self.slug_argument)
        if isinstance(exc, NotFound) and old_slug and self.request.method in ("GET", "HEAD"):
            slug = self.slug_now(old_slug)
            if slug is not None:
                return Response(status=301, headers={"Location": self._address_with(slug)})
        return super().handle_exception(exc)

    def _address_with(self, slug: str) -> str:
        """This address with another slug, under the prefix that the client used."""
        match: Any = self.request.resolver_match
        address = reverse(match.view_name, kwargs=self.kwargs | {self.slug_argument: slug})
        query = self.request.META.get("QUERY_STRING", "")
        return f"{address}?{query}" if query else address


class FollowsOldProductSlugs(FollowsOldSlugs):
    """For addresses of a product and of its parts."""

    def slug_now(self, old_slug: str) -> str | None:
        return querysets.product_slug_now(old_slug, self.request.user)
