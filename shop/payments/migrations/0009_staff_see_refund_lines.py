"""Who sees refunds sees what they are for."""

from django.db import migrations

GROUPS = ("order managers", "support")


def _right(apps):
    # Django makes these rows only after all migrations; it keeps the ones it finds.
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="payments", model="refunditem"
    )
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename="view_refunditem",
        defaults={"name": "Can view refund item"},
    )
    return permission


def give(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(_right(apps))


def take_away(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(_right(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_staff_groups"),
        ("payments", "0008_refund_providers"),
    ]

    operations = [migrations.RunPython(give, take_away)]
