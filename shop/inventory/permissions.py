from shop.core.permissions import StaffMay

__all__ = ["StaffMay"]
