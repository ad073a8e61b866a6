from rest_framework.viewsets import ViewSet


class ProductViewSet(ViewSet):
    def list(self, request):
        raise NotImplementedError
