"""The table under a drawing, told in the drawing's place."""

from stackreel.hosts.pdf.slots import MOST, Rows, read_rows, told

FIRST = (
    ("0x20", "+0x8", "+0x10", "8", "return address", "0x401020", "main", ""),
    ("0x18", "0", "+0x8", "8", "saved rbp", "0x1", "main", "rsp points here, written"),
    ("0x10", "-0x8", "0", "8", "n", "", "main", "red zone, never written"),
    ("0x8", "-0x10", "-0x8", "8", "s", "3", "main", "red zone"),
)


def table(*rows: tuple[str, ...]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<details><table class="sd-cells"><tbody>{body}</tbody></table></details>'


def addresses(rows: Rows) -> list[str]:
    return [row[0] for row in rows]


def test_slots_with_a_value_are_told() -> None:
    assert told(read_rows(table(*FIRST), ()), "").splitlines() == [
        "0x20, return address, 0x401020, main",
        "0x18, saved rbp, 0x1, main, rsp points here, written",
        "0x8, s, 3, main, red zone",
    ]


def test_rows_that_are_what_they_were_are_told_again_without_what_was_of_that_step() -> None:
    first = read_rows(table(*FIRST), ())
    changed = ("0x10", "-0x8", "0", "8", "n", "7", "main", "written")
    later = read_rows(table(("2 rows as at step 0",), changed, ("1 row as at step 0",)), first)
    assert told(later, "").splitlines() == [
        "0x20, return address, 0x401020, main",
        "0x18, saved rbp, 0x1, main",
        "0x10, n, 7, main, written",
        "0x8, s, 3, main, red zone",
    ]
    assert addresses(read_rows(table(("4 rows as at step 1",)), later)) == addresses(first)


def test_rows_that_cannot_be_known_are_not_guessed() -> None:
    first = read_rows(table(*FIRST), ())
    (row,) = read_rows(table(("9 rows as at step 0",)), first)
    assert told((row,), "") == "9 rows as at step 0"


def test_of_many_slots_those_at_the_top_are_told() -> None:
    rows = tuple(
        (f"{address:#x}", "", "", "", "s", "1", "f", "") for address in range(1000, 1000 - 8 * 30, -8)
    )
    lines = told(rows, "{} more").splitlines()
    assert lines[0] == f"{30 - MOST} more"
    assert lines[-1] == f"{1000 - 8 * 29:#x}, s, 1, f"
    assert len(lines) == MOST + 1
