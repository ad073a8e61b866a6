from rest_framework.routers import SimpleRouter

from shop.reviews.views import ReviewViewSet

router = SimpleRouter()
router.register(r"products/(?P<product_pk>[^/.]+)/reviews", ReviewViewSet, basename="review")

urlpatterns = router.urls
