from rest_framework.routers import SimpleRouter

from shop.products import views

router = SimpleRouter(use_regex_path=False)
router.register("categories", views.CategoryViewSet, "category")
router.register("products", views.ProductViewSet, "product")
router.register("products/<str:product_slug>/variants", views.VariantViewSet, "product-variant")
router.register("products/<str:product_slug>/images", views.ImageViewSet, "product-image")

urlpatterns = router.urls
