"""The routes under `/api/vendor/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.products import bulk_views, export_views
from shop.products import vendor_views as views

_PARTS = "products/<str:product_slug>"

router = SimpleRouter(use_regex_path=False)
router.register("products", views.VendorProductViewSet, "vendor-product")
router.register(f"{_PARTS}/variants", views.VendorVariantViewSet, "vendor-product-variant")
router.register(f"{_PARTS}/images", views.VendorImageViewSet, "vendor-product-image")
router.register("import", views.VendorImportViewSet, "vendor-import")

urlpatterns = [
    path("products/bulk/", bulk_views.VendorProductBulkViewSet.as_view({"post": "bulk"})),
    path("products/export/", export_views.VendorProductExportViewSet.as_view({"get": "export"})),
    *router.urls,
]
