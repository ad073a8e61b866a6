"""The catalogue over REST."""

from shop.products.views.categories import CategoryViewSet
from shop.products.views.images import ImageViewSet
from shop.products.views.products import ProductViewSet
from shop.products.views.suggestions import SuggestionViewSet
from shop.products.views.variants import VariantViewSet

__all__ = [
    "CategoryViewSet",
    "ImageViewSet",
    "ProductViewSet",
    "SuggestionViewSet",
    "VariantViewSet",
]
