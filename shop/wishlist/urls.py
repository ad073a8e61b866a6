from rest_framework.routers import SimpleRouter

from shop.wishlist.views import WishlistViewSet

router = SimpleRouter()
router.register("wishlists", WishlistViewSet, basename="wishlist")

urlpatterns = router.urls
