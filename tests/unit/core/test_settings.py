from __future__ import annotations

from pathlib import Path

import pytest

from meguri.core.errors import Invalid
from meguri.core.settings import Settings, read_settings


def test_environment_comes_after_the_file_and_both_after_defaults(tmp_path: Path) -> None:
    (tmp_path / "meguri.toml").write_text('port = 9000\nhost = "::1"\nallowed_hosts = ["a.example"]\nwatermark_seconds = 2\n')
    read = read_settings({"MEGURI_PORT": "9001", "MEGURI_HOME": "~/data", "MEGURI_URL": "http://x", "PATH": "/bin"}, tmp_path)
    expected = Settings(
        home=Path("~/data").expanduser(), host="::1", port=9001, allowed_hosts=("a.example",), watermark_seconds=2.0, log_format="prose"
    )
    assert read == expected


def test_hosts_in_the_environment_are_separated_by_commas(tmp_path: Path) -> None:
    assert read_settings({"MEGURI_ALLOWED_HOSTS": "a.example, b.example"}, tmp_path).allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(
    "name, value",
    [
        ("port", "many"),
        ("port", 1.5),
        ("watermark_seconds", "soon"),
        ("log_format", "xml"),
        ("allowed_hosts", 3),
        ("home", 3),
        ("color", "red"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_origin(name: str, value: object) -> None:
    with pytest.raises(Invalid, match=r"meguri\.toml") as raised:
        Settings().with_values({name: value}, "meguri.toml")
    assert raised.value.fields["field"] == name
