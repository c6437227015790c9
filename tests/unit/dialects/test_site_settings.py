"""What a site's own configuration says, as settings: who wins, and what is said of what cannot be."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from feedsvc.cli import cli


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A Jekyll site with one article."""
    root = tmp_path / "site"
    (root / ".git").mkdir(parents=True)
    write(root / "_posts/2024-05-01-hello.md", "---\ntitle: Hello\n---\nText.\n")
    return root


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def run(command: str, *arguments: object) -> str:
    done = CliRunner().invoke(cli, [command, *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (
            "markdown: kramdown\ntimezone: Local\n",
            "_config.yml:2: warning: what jekyll has here for site.timezone must be a time zone such as "
            "Asia/Seoul or Europe/Berlin, got 'Local', and does not count; mend it, or set site.timezone",
        ),
        (
            "markdown: kramdown\n\nurl: https://ex.org/?a#b\n",
            "_config.yml:3: warning: what jekyll has here for site.url must have no query or fragment, "
            "got 'https://ex.org/?a#b', and does not count; mend it, or set site.url",
        ),
        (
            "markdown: kramdown\nlang: 'xx_YY!'\n",
            "_config.yml: warning: what jekyll has here for site.language must be a language tag such as en "
            "or pt-BR, got 'xx-YY!', and does not count; mend it, or set site.language",
        ),
    ],
)
def test_what_cannot_be_a_setting_is_told_and_stops_nothing(site: Path, config: str, problem: str) -> None:
    write(site / "_config.yml", config)

    assert run("check", site).splitlines()[0] == problem
    assert "Hello" in run("list", site, "--format", "jsonl")
    assert "[site]" in run("config", site)


def test_a_configuration_that_is_not_read_is_told(site: Path) -> None:
    """Without it, links and ids are not those that the site's readers know."""
    write(site / "_config.yml", "# much too long\n" * 100_000)

    assert run("check", site).splitlines()[0] == (
        "_config.yml: warning: cannot be read, or is larger than 1 MB, so the site is understood without it; "
        "check its permissions"
    )


def test_what_an_operator_sets_counts_more(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(site / "_config.yml", "markdown: kramdown\ntitle: Theirs\ndescription: Theirs\nlang: ko\n")
    write(tmp_path / "elsewhere.toml", '[site]\ntitle = "Ours"\n')
    monkeypatch.setenv("FEEDSVC_SITE__DESCRIPTION", "Ours, too")

    shown = run("config", site, "-c", tmp_path / "elsewhere.toml").splitlines()

    assert {'title = "Ours"', 'description = "Ours, too"', 'language = "ko"'} <= set(shown)


def test_no_feed_of_the_sites_leads_out_of_it(site: Path, tmp_path: Path) -> None:
    write(site / "_config.yml", "markdown: kramdown\nurl: https://ex.org\nfeed: {path: ../../../out.xml}\n")

    run("build", site, "--out", tmp_path / "a/b/c")

    assert (tmp_path / "a/b/c/out.xml").read_bytes() == (tmp_path / "a/b/c/atom.xml").read_bytes()
    assert not [path for path in tmp_path.rglob("out.xml") if "c" not in path.parts]
