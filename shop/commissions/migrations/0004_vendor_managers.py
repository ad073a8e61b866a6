"""Who looks after vendors agrees with them on commission."""

from django.db import migrations

GROUPS = {"vendor managers": ("view", "add", "change", "delete")}


def _rights(apps, actions):
    # Django makes these rows only after all migrations; it keeps the ones it finds.
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="commissions", model="commissionrule"
    )
    for action in actions:
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type,
            codename=f"{action}_commissionrule",
            defaults={"name": f"Can {action} commission rule"},
        )
        yield permission


def give(apps, schema_editor):
    for name, actions in GROUPS.items():
        # The app of vendors makes it too, before or after.
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*_rights(apps, actions))


def take_away(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.remove(*_rights(apps, GROUPS[group.name]))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_staff_groups"),
        ("commissions", "0003_replaced_rules"),
    ]

    operations = [migrations.RunPython(give, take_away)]
