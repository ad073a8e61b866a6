from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from shop.core.inputs import parsed
from shop.core.openapi import documented
from shop.core.shaping import ShapedReads
from shop.products import examples, suggestions
from shop.products.models import Product
from shop.products.outputs import SuggestionsOutput
from shop.products.serializers import SuggestInput


class SuggestionViewSet(ShapedReads, GenericViewSet[Product]):
    queryset = Product.objects.none()
    permission_classes = [AllowAny]
    pagination_class = None

    @documented(
        "Suggest what somebody is typing",
        response=SuggestionsOutput,
        example=examples.SUGGESTIONS,
        parameters=[SuggestInput],
        operation_id="search_suggest",
        tags=["Products"],
    )
    def suggest(self, request: Request) -> Response:
        """At most ten names that have words which begin so or, if there are none, are alike.

        Accents and case do not matter.
        """
        asked = parsed(SuggestInput, request.query_params)
        return Response(suggestions.suggest(asked.get("q", "")))
