"""What people wrote cannot give orders to the terminal of whoever lists it, and stays on its line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.text.terminal import on_one_line
from tests.support.processes import feedsvc

# A colour, an end of line for many programs, and text that runs the other way.
ODD = "\x9b31m\x85\u2028\u202e"


@given(text=st.text())
def test_any_text_is_one_line_without_controls(text: str) -> None:
    shown = on_one_line(text)

    assert len(shown.splitlines()) <= 1
    assert not set(shown) & set("\x00\x07\x1b\x7f\x85\x9b\u2028\u202e\u2066")


@given(text=st.text())
def test_json_means_the_same(text: str) -> None:
    written = json.dumps({"title": text}, ensure_ascii=False)

    assert json.loads(on_one_line(written)) == {"title": text}


def test_hangul_and_emoji_stay_as_they_are() -> None:
    assert on_one_line("김치 👩‍🌾 é") == "김치 👩‍🌾 é"


@pytest.mark.parametrize(
    "command", [("list",), ("list", "--format", "jsonl"), ("check",), ("explain", "a.md")]
)
def test_no_command_prints_what_an_article_would_have_the_terminal_do(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    escaped = json.dumps(ODD)[1:-1]
    head = f'title: "A{escaped}"\ndate: 2026-04-01\nlang: "a{escaped}b"\ncomments: "http://[{escaped}"'
    (tmp_path / "a.md").write_text(f"---\n{head}\n---\nHello.\n", encoding="utf-8")

    done = feedsvc(*command, *(() if command[0] == "explain" else (".",)), cwd=tmp_path)

    assert done.stdout
    assert not set(ODD) & set(done.stdout) - {"3", "1", "m"}
