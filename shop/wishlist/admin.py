"""What shoppers keep for later; read here, changed by them."""

from django.contrib import admin

from shop.core.admin import ReadOnlyAdmin
from shop.wishlist.models import WishlistItem


@admin.register(WishlistItem)
class WishlistItemAdmin(ReadOnlyAdmin):
    list_display = ["product", "user", "created_at"]
    list_select_related = ["product", "user"]
    search_fields = ["product__name", "user__email"]
    date_hierarchy = "created_at"
