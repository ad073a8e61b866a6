"""Vendor managers see the books, and correct balances: one proposes, another approves."""

from django.db import migrations

GROUP = "vendor managers"
RIGHTS = {
    "transaction": ("view",),
    "entry": ("view",),
    "adjustment": ("view", "add", "change"),
}


def _rights(apps):
    for model, actions in RIGHTS.items():
        # Django makes these rows only after all migrations; it keeps the ones it finds.
        content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
            app_label="ledger", model=model
        )
        for action in actions:
            permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
                content_type=content_type,
                codename=f"{action}_{model}",
                defaults={"name": f"Can {action} {model}"},
            )
            yield permission


def give(apps, schema_editor):
    # The group is made by whoever comes first.
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=GROUP)
    group.permissions.add(*_rights(apps))


def take_away(apps, schema_editor):
    for group in apps.get_model("auth", "Group").objects.filter(name=GROUP):
        group.permissions.remove(*_rights(apps))


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("ledger", "0002_books_are_kept"),
    ]

    operations = [migrations.RunPython(give, take_away)]
