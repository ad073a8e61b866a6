"""The routes under `/api/vendor/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
