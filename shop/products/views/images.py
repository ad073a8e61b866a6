from collections.abc import Sequence
from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.core import references
from shop.core.errors import ImageNotAcceptable, NotFound
from shop.core.once_per_key import OncePerKey
from shop.core.openapi import documented
from shop.core.parsers import StrictJSONParser
from shop.products import answers, examples, services
from shop.products.models import Product, ProductImage
from shop.products.outputs import ImageOutput
from shop.products.permissions import SellersWrite, editable_product
from shop.products.serializers import ImageInput, ImagePatch
from shop.products.views.bodies import checked
from shop.products.views.old_slugs import FollowsOldProductSlugs
from shop.products.views.parameters import PRODUCT_SLUG

TAGS = ["Products"]


@extend_schema(parameters=[PRODUCT_SLUG])
class ImageViewSet(OncePerKey, FollowsOldProductSlugs, GenericViewSet[ProductImage]):
    """The pictures of one product."""

    queryset = ProductImage.objects.all()
    serializer_class = ImageOutput
    permission_classes = [SellersWrite]
    parser_classes = [StrictJSONParser, MultiPartParser]
    slug_argument = "product_slug"
    lookup_value_converter = "int"

    def hold(self, request: Request, **named: Any) -> None:
        services.hold_goods(product_id=self.product(named["product_slug"]).pk)

    @documented(
        "List a product's images",
        response=ImageOutput(many=True),
        example=examples.IMAGE,
        refuses=[NotFound],
        tags=TAGS,
    )
    def list(self, request: Request, product_slug: str) -> Response:
        """In their order; exactly one of them is the main one."""
        images = self.images_of(product_slug)
        return self.get_paginated_response(self.paginate_queryset(cast("Any", images)))

    @documented(
        "Show an image",
        response=ImageOutput,
        example=examples.IMAGE,
        refuses=[NotFound],
        tags=TAGS,
    )
    def retrieve(self, request: Request, product_slug: str, pk: int) -> Response:
        return Response(answers.one_of(self.images_of(product_slug), pk))

    @documented(
        "Add an image",
        request=ImageInput,
        body=examples.IMAGE_INPUT,
        response=ImageOutput,
        example=examples.IMAGE,
        status=201,
        refuses=[NotFound, ImageNotAcceptable],
        tags=TAGS,
    )
    def create(self, request: Request, product_slug: str) -> Response:
        """A file as `multipart/form-data`, or in JSON the address of a picture kept elsewhere.

        Files are re-encoded, without their metadata. The first image becomes the main one.
        """
        product = self.product(product_slug)
        image = services.add_image(product=product, **checked(ImageInput, request))
        return Response(self.answer(image), status=201)

    @documented(
        "Replace an image's fields",
        request=ImagePatch,
        body={"alt_text": "Front", "position": 0, "is_main": True},
        response=ImageOutput,
        example=examples.IMAGE,
        refuses=[NotFound],
        tags=TAGS,
    )
    def update(self, request: Request, product_slug: str, pk: int) -> Response:
        """As PATCH; for another picture add another image."""
        return self.partial_update(request, product_slug, pk)

    @documented(
        "Change an image",
        request=ImagePatch,
        body={"is_main": True},
        response=ImageOutput,
        example=examples.IMAGE,
        refuses=[NotFound],
        tags=TAGS,
    )
    def partial_update(self, request: Request, product_slug: str, pk: int) -> Response:
        """`is_main: true` takes that mark from the image that has it."""
        image = self._image(product_slug, pk)
        services.update_image(image=image, changes=checked(ImagePatch, request))
        return Response(self.answer(image))

    @documented("Delete an image", status=204, refuses=[NotFound], tags=TAGS)
    def destroy(self, request: Request, product_slug: str, pk: int) -> Response:
        """The next one becomes the main one if this was."""
        services.delete_image(image=self._image(product_slug, pk))
        return Response(status=204)

    def _image(self, product_slug: str, pk: int) -> ProductImage:
        return references.get(ProductImage.objects.filter(product=self.product(product_slug)), pk)

    # Another door to the same goods answers these three in its own way.

    def images_of(self, product_slug: str) -> Sequence[answers.Answer]:
        return answers.images_of(product_slug, self.request.user)

    def product(self, product_slug: str) -> Product:
        return editable_product(self.request, self, product_slug)

    def answer(self, image: ProductImage) -> answers.Answer:
        return answers.image_for_editor(image)
