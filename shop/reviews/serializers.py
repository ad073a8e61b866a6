from typing import Any

from rest_framework import serializers

from shop.core.fields import WholeNumberField
from shop.products.fields import TextField


class ReviewListParameters(serializers.Serializer[Any]):
    rating = serializers.IntegerField(
        min_value=1, max_value=5, required=False, help_text="Only reviews with this many stars."
    )
    ordering = serializers.ChoiceField(
        ["-created_at", "created_at", "rating", "-rating"], default="-created_at"
    )


class ReviewInput(serializers.Serializer[Any]):
    """The texts are plain: whoever shows them in a page escapes them."""

    rating = WholeNumberField(min_value=1, max_value=5)
    title = TextField(max_length=150, required=False, allow_blank=True)
    body = TextField(max_length=5000, required=False, allow_blank=True)


class AuthorOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="The first name and an initial.")


class ReviewOutput(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    rating = serializers.IntegerField(min_value=1, max_value=5)
    title = serializers.CharField()
    body = serializers.CharField()
    verified_purchase = serializers.BooleanField(
        help_text="Whether the author had bought the product when writing."
    )
    author = AuthorOutput()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
