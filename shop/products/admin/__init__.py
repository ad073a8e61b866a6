"""The catalog's back office. Whatever is saved here goes through the services."""

from shop.products.admin import categories, parts, products

__all__ = ["categories", "parts", "products"]
