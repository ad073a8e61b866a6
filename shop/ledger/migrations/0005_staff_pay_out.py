"""Who looks after vendors pays them out."""

from django.db import migrations

GROUP = "vendor managers"
ACTIONS = ("view", "add", "change")


def _rights(apps):
    # Django makes these rows only after all migrations; it keeps the ones it finds.
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="ledger", model="payout"
    )
    for action in ACTIONS:
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type,
            codename=f"{action}_payout",
            defaults={"name": f"Can {action} payout"},
        )
        yield permission


def give(apps, schema_editor):
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    group.permissions.add(*_rights(apps))


def take_away(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name=GROUP):
        group.permissions.remove(*_rights(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_payout_attempts"),
        ("accounts", "0002_staff_groups"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, take_away)]
