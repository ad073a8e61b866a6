"""People, their roles, their addresses and where they are signed in."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count, QuerySet
from django.db.models.functions import Now
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from unfold.admin import StackedInline
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm

from shop.accounts import services as accounts
from shop.accounts.admin_forms import NewUserForm, UserForm
from shop.accounts.models import Address, AuthSession, User
from shop.accounts.services import UserChanges
from shop.core.admin import DaysFilter, ReadOnlyAdmin, ReadOnlyInline, ShopAdmin, changed_fields

PROFILE = ("email", "username", "first_name", "last_name", "phone_number")
POWERS = ("is_superuser", "is_staff", "groups", "user_permissions")

admin.site.unregister(Group)


class AddressForm(ModelForm):  # type: ignore[type-arg]
    def validate_constraints(self) -> None:
        """The service moves the defaults: a new one is no conflict with the old one."""


class AddressInline(StackedInline):
    model = Address
    form = AddressForm
    extra = 0
    tab = True


class SessionInline(ReadOnlyInline):
    model = AuthSession
    fields = ["created_at", "refreshed_at", "expires_at", "revoked_at", "address", "user_agent"]
    ordering = ["-refreshed_at"]
    verbose_name_plural = "sign-ins"
    tab = True
    per_page = 10


@admin.register(User)
class UserAdmin(ShopAdmin, DjangoUserAdmin):  # type: ignore[type-arg]
    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["person", "phone_number", "is_verified", "is_active", "is_staff", "date_joined"]
    list_filter = [
        "is_staff",
        "is_active",
        "is_verified",
        "groups",
        ("date_joined", DaysFilter),
    ]
    list_filter_submit = True
    search_fields = ["email", "first_name", "last_name", "phone_number", "=id"]
    ordering = ["-id"]
    inlines = [AddressInline, SessionInline]
    actions_detail = ["sign_out_everywhere"]
    filter_horizontal = ["groups", "user_permissions"]
    readonly_fields = ["last_login", "date_joined", "created_at", "updated_at"]
    fieldsets = [
        (None, {"fields": [*PROFILE, "is_verified", "password"]}),
        ("Rights", {"fields": ["is_active", *POWERS], "classes": ["tab"]}),
        ("Times", {"fields": list(readonly_fields), "classes": ["tab"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "usable_password", "password1", "password2"]})]

    @display(description="person", header=True, ordering="email")
    def person(self, user: User) -> list[str]:
        return [user.email, user.get_full_name()]

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        return list(self.inlines) if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only a superuser hands out powers: else whoever edits people could take them all."""
        if request.user.is_superuser:
            return list(self.readonly_fields)
        return [*self.readonly_fields, *POWERS]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers are changed by superusers; `obj` is a person, or an id from unfold."""
        if not super().has_change_permission(request):
            return False
        if obj is None or request.user.is_superuser:
            return True
        user = obj if isinstance(obj, User) else User.objects.filter(pk=obj).first()
        return user is not None and not user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_delete: bool = super().has_delete_permission(request, obj)
        return may_delete and (obj is None or self.has_change_permission(request, obj))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.username = obj.username or obj.email
            super().save_model(request, obj, form, change)
            return
        changes = changed_fields(form)
        profile = {name: changes[name] for name in PROFILE if name in changes}
        if profile:
            changed = accounts.change_user(user=obj, changes=cast("UserChanges", profile))
            if "is_verified" not in changes:
                obj.is_verified = changed.is_verified
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The services write the address book. Without commit, saving only sorts the rows."""
        user = form.instance
        formset.save(commit=False)
        for gone in formset.deleted_objects:
            accounts.delete_address(user=user, address_id=gone.pk)
        for row in formset.forms:
            if row.instance in formset.new_objects:
                accounts.add_address(user=user, fields=changed_fields(row))
        for address, _ in formset.changed_objects:
            row = next(row for row in formset.forms if row.instance is address)
            accounts.change_address(user=user, address_id=address.pk, fields=changed_fields(row))

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 (Django names it so)
        form_url: str = "",
    ) -> HttpResponse:
        """Whoever was signed in with the old password is signed out."""
        response: HttpResponse = super().user_change_password(request, id, form_url)
        if response.status_code == 302:
            accounts.end_all_sessions(user=User.objects.get(pk=id))
        return response

    def get_deleted_objects(self, rows: Any, request: HttpRequest) -> Any:
        """Nobody is deleted, because the books refer to them: they are erased."""
        texts = [
            f"Everything personal of {user}; orders and reviews stay, without a name"
            for user in rows
        ]
        may_erase = all(self.has_delete_permission(request, user) for user in rows)
        return texts, {"people": len(texts)}, set() if may_erase else {"superuser"}, []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        accounts.erase_user(user=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            accounts.erase_user(user=user)

    @action(
        description="Sign out everywhere",
        icon="logout",
        permissions=["change"],
        dialog={
            "title": "Sign this person out everywhere?",
            "description": "Every device has to sign in again.",
            "form_class": None,
            "form_submit_text": "Sign out",
        },
    )
    def sign_out_everywhere(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        user = User.objects.get(pk=object_id)
        return self.perform(
            request,
            lambda: accounts.end_all_sessions(user=user),
            done=f"{user} is signed out everywhere.",
            page=self.page_of(object_id),
        )


@admin.register(Group)
class GroupAdmin(ShopAdmin, DjangoGroupAdmin):
    """The roles of staff."""

    list_display = ["name", "people"]
    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        groups: QuerySet[Group] = super().get_queryset(request)
        return groups.annotate(people=Count("user"))

    @display(ordering="people")
    def people(self, group: Any) -> int:
        return int(group.people)


@admin.register(Address)
class AddressAdmin(ShopAdmin):
    form = AddressForm
    list_display = ["full_name", "user", "line1", "city", "country", "is_default_shipping"]
    list_filter = ["is_default_shipping", "is_default_billing"]
    list_select_related = ["user"]
    search_fields = ["full_name", "line1", "city", "postal_code", "user__email"]
    autocomplete_fields = ["user"]
    ordering = ["-id"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user"] if obj else []

    def save_model(self, request: HttpRequest, obj: Address, form: Any, change: bool) -> None:
        fields = changed_fields(form)
        if change:
            accounts.change_address(user=obj.user, address_id=obj.pk, fields=fields)
        else:
            user = fields.pop("user")
            obj.pk = accounts.add_address(user=user, fields=fields).pk


class LiveFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, *_: object) -> list[tuple[str, str]]:
        return [("live", "Signed in"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return rows
        return rows.filter(revoked_at__isnull=self.value() == "live")


@admin.register(AuthSession)
class AuthSessionAdmin(ReadOnlyAdmin):
    """Where people are signed in; ending it signs that device out at once."""

    list_display = ["user", "address", "device", "created_at", "refreshed_at", "state"]
    list_filter = [LiveFilter]
    list_select_related = ["user"]
    search_fields = ["user__email", "address", "user_agent"]
    ordering = ["-created_at"]
    exclude = ["refresh_jti"]
    actions = ["revoke"]

    @display(description="device")
    def device(self, session: AuthSession) -> str:
        return session.user_agent[:60]

    @display(label={"signed in": "success", "ended": "warning"})
    def state(self, session: AuthSession) -> str:
        return "ended" if session.revoked_at else "signed in"

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_authsession")

    @action(description="End the selected sign-ins", permissions=["revoke"])
    def revoke(self, request: HttpRequest, sessions: QuerySet[AuthSession]) -> None:
        count = sessions.filter(revoked_at=None).update(revoked_at=Now())
        self.message_user(request, f"{count} sign-ins ended.", messages.SUCCESS)
