"""Columns of registers: what they hold is what went in, however it is kept."""

from array import array

import pytest

from stackreel.trace.columns import Same, Wide, column

BIG = 1 << 100


@pytest.mark.parametrize(
    ("values", "bits", "kind"),
    [
        ([7, 7, 7], 64, Same),
        ([7], 128, Same),
        ([7, 8, 7], 64, array),
        ([BIG, BIG + 1, 3], 128, Wide),
        ([BIG, BIG], 128, Same),
        ([], 64, array),
    ],
)
def test_a_column_is_the_sequence_it_was_made_from(values: list[int], bits: int, kind: type) -> None:
    made = column(iter(values), bits)
    assert type(made) is kind
    assert list(made) == [made[i] for i in range(len(made))] == values
    assert [made[i] for i in range(-len(values), 0)] == values
    assert list(made[1:]) == values[1:]
    assert list(made[::-1]) == values[::-1]
    assert made == column(values, bits)
    assert made != column([*values, 9], bits)
    with pytest.raises(IndexError):
        made[len(values)]
