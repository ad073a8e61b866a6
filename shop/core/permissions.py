from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class StaffMay(BasePermission):
    """Staff whose groups give them what the view's `permissions` name for the action."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        # None: a method that the view does not have, answered by 405.
        needed = view.permissions.get(view.action)
        return bool(user and user.is_staff and (needed is None or user.has_perm(needed)))
