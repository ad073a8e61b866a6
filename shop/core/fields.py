"""Serializer fields that take what JSON says, not what could be read into it."""

from typing import Any

from rest_framework import serializers


class WholeNumberField(serializers.IntegerField):
    """An integer as JSON writes it: not "2", not 2.0, not true."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class StrictBooleanField(serializers.BooleanField):
    """true or false as JSON writes them: not 1, not "yes"."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
