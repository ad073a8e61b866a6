from django.urls import path
from rest_framework.routers import SimpleRouter

from shop.cart.views import CartItemViewSet, CartViewSet

router = SimpleRouter()
router.register("cart-items", CartItemViewSet, basename="cart-item")

urlpatterns = [
    path("carts/", CartViewSet.as_view({"get": "retrieve"}), name="cart"),
    path("carts/add_item/", CartViewSet.as_view({"post": "add_item"}), name="cart-add-item"),
    path("carts/clear/", CartViewSet.as_view({"post": "clear"}), name="cart-clear"),
    *router.urls,
]
