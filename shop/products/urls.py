from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.products import bulk_views, export_views, views

router = SimpleRouter(use_regex_path=False)
router.register("categories", views.CategoryViewSet, "category")
router.register("products", views.ProductViewSet, "product")
router.register("products/<str:product_slug>/variants", views.VariantViewSet, "product-variant")
router.register("products/<str:product_slug>/images", views.ImageViewSet, "product-image")

# Before the products, whose slugs these two never are: `services.slugs.RESERVED`.
urlpatterns = [
    path("products/bulk/", bulk_views.ProductBulkViewSet.as_view({"post": "bulk"})),
    path("products/export/", export_views.ProductExportViewSet.as_view({"get": "export"})),
    path("search/suggest/", views.SuggestionViewSet.as_view({"get": "suggest"})),
    *router.urls,
]
