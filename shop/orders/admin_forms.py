"""The dialogs in which staff move orders and their parts, and the colors of where they stand."""

from django import forms
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

COLORS = {
    "PENDING": "warning",
    "PAID": "info",
    "PROCESSING": "info",
    "SHIPPED": "primary",
    "DELIVERED": "success",
    "CANCELLED": "danger",
    "REFUNDED": "danger",
}


class NoteForm(BaseDialogForm):
    note = forms.CharField(max_length=500, required=False, widget=UnfoldAdminTextInputWidget)


class ShipForm(NoteForm):
    carrier = forms.CharField(
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "placeholder": "DHL"}),
    )
    tracking_number = forms.CharField(
        max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )
    field_order = ["carrier", "tracking_number", "note"]
