"""Reviews: staff may take them down or correct what breaks the house rules."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from shop.core.admin import DaysFilter, ShopAdmin, changed_fields
from shop.reviews import services as reviews
from shop.reviews.models import Review


@admin.register(Review)
class ReviewAdmin(ShopAdmin):
    list_display = ["stars", "title", "product", "user", "verified_purchase", "created_at"]
    list_display_links = ["stars", "title"]
    list_filter = ["rating", "verified_purchase", ("created_at", DaysFilter)]
    list_filter_submit = True
    list_select_related = ["product", "user"]
    search_fields = ["title", "body", "product__name", "user__email"]
    fields = ["product", "user", "rating", "title", "body", "verified_purchase", "created_at"]
    readonly_fields = ["product", "user", "rating", "verified_purchase", "created_at"]

    @display(description="rating", ordering="rating")
    def stars(self, review: Review) -> str:
        return "★" * review.rating + "☆" * (5 - review.rating)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Shoppers write reviews, the shop does not."""
        return False

    def save_model(self, request: HttpRequest, obj: Review, form: Any, change: bool) -> None:
        reviews.change_review(review=obj, **changed_fields(form))

    def delete_model(self, request: HttpRequest, obj: Review) -> None:
        reviews.delete_review(review=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        for review in queryset:
            reviews.delete_review(review=review)
