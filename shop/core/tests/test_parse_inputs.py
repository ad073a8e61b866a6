import pytest
from rest_framework import serializers

from shop.core.inputs import parsed


class Wish(serializers.Serializer[object]):
    count = serializers.IntegerField(max_value=9, default=1)
    tags = serializers.DictField(default=dict)


def test_remembers_nothing_of_the_request_before() -> None:
    first = parsed(Wish, {"count": "3"})
    first["tags"]["mine"] = 1
    assert parsed(Wish, {}) == {"count": 1, "tags": {}}


def test_refuses_as_the_serializer_itself_does() -> None:
    with pytest.raises(serializers.ValidationError) as refusal:
        parsed(Wish, {"count": 10})
    itself = Wish(data={"count": 10})
    assert not itself.is_valid()
    assert refusal.value.detail == itself.errors
    assert refusal.value.get_codes() == {"count": ["max_value"]}
