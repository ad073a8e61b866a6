"""Vendors in answers about other things."""

from shop.core.shaping import Expansion
from shop.vendors import answers
from shop.vendors.serializers import VendorOutput

VENDOR = Expansion(answers.public_by_id, VendorOutput)
