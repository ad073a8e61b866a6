from drf_spectacular.utils import OpenApiParameter

PRODUCT_SLUG = OpenApiParameter(
    "product_slug", str, OpenApiParameter.PATH, description="The product's slug or id."
)
