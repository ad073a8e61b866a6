"""What the groups of staff may do with what providers tell."""

from django.db import migrations

GROUPS = {
    "order managers": {
        "inboxevent": ("view", "change"),
        "webhookrefusal": ("view",),
        "dispute": ("view",),
        "providercustomer": ("view",),
    },
    "support": {"dispute": ("view",)},
}


def _each_right(apps):
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for group_name, rights in GROUPS.items():
        group = apps.get_model("auth", "Group").objects.filter(name=group_name).first()
        for model, actions in rights.items():
            # Django makes these rows only after all migrations; it keeps the ones it finds.
            content_type, _ = ContentType.objects.get_or_create(app_label="payments", model=model)
            verbose = apps.get_model("payments", model)._meta.verbose_name
            for action in actions:
                permission, _ = Permission.objects.get_or_create(
                    content_type=content_type,
                    codename=f"{action}_{model}",
                    defaults={"name": f"Can {action} {verbose}"},
                )
                if group is not None:
                    yield group, permission


def give(apps, schema_editor):
    for group, permission in _each_right(apps):
        group.permissions.add(permission)


def take_away(apps, schema_editor):
    for group, permission in _each_right(apps):
        group.permissions.remove(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_staff_groups"),
        ("payments", "0005_refunds_within_captured"),
    ]

    operations = [migrations.RunPython(give, take_away)]
