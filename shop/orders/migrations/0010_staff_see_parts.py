"""Who sees orders sees their parts, and so do those who look after vendors."""

from django.db import migrations

GROUPS = ("order managers", "support", "vendor managers")
MODELS = {
    "vendororder": "vendor order",
    "vendororderstatuschange": "vendor order status change",
}


def _rights(apps):
    for model, name in MODELS.items():
        # Django makes these rows only after all migrations; it keeps the ones it finds.
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="orders", model=model
        )
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type,
            codename=f"view_{model}",
            defaults={"name": f"Can view {name}"},
        )
        yield permission


def give(apps, schema_editor):
    for name in GROUPS:
        # Vendors' own migration gives the last one its other rights, before or after this.
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*_rights(apps))


def take_away(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(*_rights(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_staff_groups"),
        ("orders", "0009_parts_are_needed"),
    ]

    operations = [migrations.RunPython(give, take_away)]
