import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stackreel.trace import Cache

KEY = "0" * 64


def test_what_was_put_is_got(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "not" / "there" / "yet")
    assert cache.get("svg", KEY) is None
    cache.put("svg", KEY, b"<svg>\n\0")
    assert cache.get("svg", KEY) == b"<svg>\n\0"
    assert cache.get("trace", KEY) is None
    cache.put("svg", KEY, b"")
    assert cache.get("svg", KEY) == b""
    cache.drop("svg", KEY)
    assert cache.get("svg", KEY) is None


def test_every_damage_is_noticed_and_the_entry_dropped(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("svg", KEY, b"data")
    path = tmp_path / "svg" / KEY
    whole = path.read_bytes()
    damaged = [whole[:length] for length in range(len(whole))]
    damaged += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    damaged.append(whole + b"x")
    for data in damaged:
        path.write_bytes(data)
        assert cache.get("svg", KEY) is None
        assert not path.exists()


def test_nothing_is_left_beside_an_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("svg", KEY, b"data")
    assert [path.name for path in (tmp_path / "svg").iterdir()] == [KEY]


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("in the way")
    cache = Cache(file)
    cache.put("svg", KEY, b"data")
    assert cache.get("svg", KEY) is None
    cache.drop("svg", KEY)
    assert cache.prune() == 0


@pytest.mark.parametrize(
    ("kind", "key"), [("../x", KEY), ("svg", "../../x"), ("svg", ""), ("a/b", KEY), ("svg", ".x")]
)
def test_names_that_lead_elsewhere(tmp_path: Path, kind: str, key: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        Cache(tmp_path).put(kind, key, b"")


def test_writers_at_the_same_time_leave_a_whole_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    texts = [bytes([65 + n]) * 50_000 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(lambda text: (cache.put("svg", KEY, text), cache.get("svg", KEY))[1], texts))
    assert all(found in texts for found in seen)


def test_pruning_by_age_and_size_keeps_what_was_used_last(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    now = time.time()
    for n, age in enumerate((0, 10, 20, 1000)):
        cache.put("svg", f"{n}", bytes(935))  # with its checksum 1000 bytes
        os.utime(tmp_path / "svg" / f"{n}", (now - age, now - age))
    assert cache.prune(age=500) == 1
    assert cache.get("svg", "3") is None
    assert cache.get("svg", "2") is not None  # and now it is the one used last
    assert cache.prune(size=2000) == 1
    assert [cache.get("svg", f"{n}") is not None for n in range(3)] == [True, False, True]
