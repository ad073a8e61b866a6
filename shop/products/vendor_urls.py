"""The routes under `/api/vendor/`."""

from rest_framework.routers import SimpleRouter

from shop.products import vendor_views as views

_PARTS = "products/<str:product_slug>"

router = SimpleRouter(use_regex_path=False)
router.register("products", views.VendorProductViewSet, "vendor-product")
router.register(f"{_PARTS}/variants", views.VendorVariantViewSet, "vendor-product-variant")
router.register(f"{_PARTS}/images", views.VendorImageViewSet, "vendor-product-image")
router.register("import", views.VendorImportViewSet, "vendor-import")

urlpatterns = router.urls
