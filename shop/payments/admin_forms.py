"""The dialogs in which staff give money back, and decide about money that is held."""

from typing import Any

from django import forms
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from shop.orders.models import OrderItem
from shop.payments.models import Payment


class RefundForm(BaseDialogForm):
    """An amount, or so many of each line; `cleaned_data` is what `refund_order` takes."""

    amount = forms.DecimalField(
        max_digits=12,
        decimal_places=3,
        required=False,
        help_text="Empty, and no lines chosen: all that is left.",
        widget=UnfoldAdminDecimalFieldWidget(attrs={"autofocus": True}),
    )
    reason = forms.CharField(max_length=500, required=False, widget=UnfoldAdminTextInputWidget)
    restock = forms.TypedChoiceField(
        choices=[("", "If they have not left yet"), ("yes", "Yes"), ("no", "No")],
        coerce=lambda choice: choice == "yes",
        empty_value=None,
        required=False,
        label="Put the goods back on the shelf",
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, object_id, *args, **kwargs)
        self.lines = {}
        for line in OrderItem.objects.filter(order=object_id):
            left = line.quantity - line.refunded_quantity
            if left:
                self.lines[f"line_{line.pk}"] = line.pk
                self.fields[f"line_{line.pk}"] = forms.IntegerField(
                    min_value=0,
                    max_value=left,
                    required=False,
                    label=f"{line.product_name} ({line.sku})",
                    help_text=f"How many of {left}, at {line.price} each.",
                    widget=UnfoldAdminIntegerFieldWidget,
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = {item: cleaned.pop(name, None) for name, item in self.lines.items()}
        items = [{"item": item, "quantity": n} for item, n in chosen.items() if n]
        return cleaned | {"items": items or None}


class ResolveForm(BaseDialogForm):
    accept = forms.TypedChoiceField(
        choices=[("yes", "It pays the order as it is"), ("no", "Give it back whole")],
        coerce=lambda choice: choice == "yes",
        label="What becomes of the money",
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, request: Any, object_id: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, object_id, *args, **kwargs)
        held = Payment.objects.filter(pk=object_id).first()
        if held is not None:
            self.fields["accept"].help_text = held.failure_reason
