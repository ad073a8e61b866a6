"""Rates of commission: staff set and end them, a vendor's managers read their own."""

from typing import cast

import strawberry

from shop.accounts.graphql import staff_with
from shop.accounts.graphql_parts import DonePayload
from shop.commissions import models, querysets, services
from shop.commissions.graphql_parts import (
    CommissionRule,
    CommissionRuleInput,
    CommissionRulePayload,
    VendorCommissionRule,
)
from shop.commissions.serializers import (
    EndInput,
    RateInput,
    RateParameters,
    rate_answer,
    vendor_rate_answer,
)
from shop.core import references
from shop.core.graphql.connections import Connection, Page, connection
from shop.core.graphql.inputs import given, known_key, named, said
from shop.core.inputs import parsed
from shop.vendors.graphql_acting import RowsBehindWall, acting


def _rule(given_id: str) -> models.CommissionRule:
    return references.get(querysets.rules(), known_key("CommissionRule", given_id))


def _payload(rule: models.CommissionRule) -> CommissionRulePayload:
    return CommissionRulePayload(rule=cast("CommissionRule", rate_answer(rule)))


@strawberry.type
class CommissionQuery:
    @strawberry.field(
        description="Past, present and to come, the last begun first; `vendor` is an id or slug. "
        "For staff."
    )
    def commission_rules(
        self,
        info: strawberry.Info,
        vendor: strawberry.ID | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[CommissionRule] | None:
        staff_with(info, "commissions.view_commissionrule")
        asked = parsed(RateParameters, named(said(vendor=vendor), vendor="Vendor"))
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[CommissionRule],
            querysets.rules().filter(**asked),
            page,
            as_nodes=lambda rows: [rate_answer(row) for row in rows],
        )
        return cast("Connection[CommissionRule]", found)

    @strawberry.field(
        description="A product's rate counts before its category's, the nearest one first, and "
        "that before the vendor's; without any the shop's own counts. For managers of the vendor."
    )
    def vendor_commission_rules(
        self,
        info: strawberry.Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[VendorCommissionRule] | None:
        vendor = acting(info).vendor
        page = Page(first=first, after=after, last=last, before=before)
        found = connection(
            Connection[VendorCommissionRule],
            RowsBehindWall(querysets.rules_of(vendor), vendor.pk),
            page,
            as_nodes=lambda rows: [vendor_rate_answer(row) for row in rows],
        )
        return cast("Connection[VendorCommissionRule]", found)


@strawberry.type
class CommissionMutation:
    @strawberry.mutation(
        description="It takes the place of the open rate of the same goods, or with an end goes "
        "before it for a while. Orders keep the rates of when they were placed. For staff."
    )
    def set_commission_rule(
        self,
        info: strawberry.Info,
        input: CommissionRuleInput,  # noqa: A002
    ) -> CommissionRulePayload | None:
        staff = staff_with(info, "commissions.add_commissionrule")
        asked = named(given(input), vendor="Vendor", category="Category", product="Product")
        return _payload(services.set_rate(**parsed(RateInput, asked), actor=staff))

    @strawberry.mutation(
        description="At `validTo`, which is not in the past; without it now. For staff."
    )
    def end_commission_rule(
        self, info: strawberry.Info, rule: strawberry.ID, valid_to: str | None = None
    ) -> CommissionRulePayload | None:
        staff = staff_with(info, "commissions.change_commissionrule")
        asked = parsed(EndInput, said(valid_to=valid_to))
        return _payload(services.end_rate(rule=_rule(rule), **asked, actor=staff))

    @strawberry.mutation(
        description="Before it begins. The rate whose place it was to take goes on. For staff."
    )
    def withdraw_commission_rule(
        self, info: strawberry.Info, rule: strawberry.ID
    ) -> DonePayload | None:
        staff = staff_with(info, "commissions.delete_commissionrule")
        services.withdraw_rate(rule=_rule(rule), actor=staff)
        return DonePayload()
