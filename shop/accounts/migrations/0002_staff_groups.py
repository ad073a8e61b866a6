"""The roles of staff as Django groups: what each may do in the admin and by the API."""

from django.db import migrations

EVERYTHING = ("view", "add", "change", "delete")
LOOK = ("view",)

# Group → app → model → actions. The models are named, so that later ones are a decision.
GROUPS = {
    "catalog managers": {
        "products": {m: EVERYTHING for m in ("category", "product", "variant", "productimage", "slugredirect")},
        "inventory": {
            "warehouse": ("view", "add", "change"),
            "stocklevel": ("view", "change"),
            "stockmovement": ("view", "add"),
            "reservation": LOOK,
        },
        "reviews": {"review": ("view", "change", "delete")},
        "vendors": {"vendor": LOOK, "vendormember": LOOK},
    },
    "order managers": {
        "orders": {"order": ("view", "change"), "orderitem": LOOK, "orderstatuschange": LOOK},
        "payments": {"payment": ("view", "add", "change"), "refund": ("view", "add")},
        "inventory": {
            "warehouse": LOOK,
            "stocklevel": ("view", "change"),
            "stockmovement": ("view", "add"),
            "reservation": LOOK,
        },
        "products": {m: LOOK for m in ("category", "product", "variant", "productimage")},
        "accounts": {"user": LOOK, "address": LOOK},
    },
    "support": {
        "orders": {"order": LOOK, "orderitem": LOOK, "orderstatuschange": LOOK},
        "payments": {"payment": LOOK, "refund": LOOK},
        "products": {m: LOOK for m in ("category", "product", "variant", "productimage")},
        "accounts": {"user": LOOK, "address": LOOK},
        "reviews": {"review": ("view", "change", "delete")},
    },
}


def make_groups(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for group_name, rights in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=group_name)
        for app, models in rights.items():
            for model, actions in models.items():
                # Django makes these rows only after all migrations; it keeps the ones it finds.
                content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
                verbose = apps.get_model(app, model)._meta.verbose_name
                for action in actions:
                    permission, _ = Permission.objects.get_or_create(
                        content_type=content_type,
                        codename=f"{action}_{model}",
                        defaults={"name": f"Can {action} {verbose}"},
                    )
                    group.permissions.add(permission)


def drop_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_first_tables"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("inventory", "0001_first_tables"),
        ("orders", "0001_first_tables"),
        ("payments", "0001_first_tables"),
        ("products", "0001_first_tables"),
        ("reviews", "0001_first_tables"),
        ("vendors", "0001_first_tables"),
    ]

    operations = [migrations.RunPython(make_groups, drop_groups)]
