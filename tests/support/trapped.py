"""What real folders contain, laid out as its generator would have it, and seen through the commands."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from feedsvc.cli import cli
from tests.support.places import DATA

TRAPS = DATA / "traps"

_SITE = '[site]\nurl = "https://ex.org"\ntimezone = "Asia/Seoul"\n[articles]\ngit_dates = false\n'

# The generator's own configuration, and where its articles lie.
_LAYOUTS: dict[str, tuple[str, str, str]] = {
    "plain": ("", "", ""),
    "jekyll": ("_config.yml", "permalink: pretty\n", "_posts/"),
    "hugo": (
        "hugo.toml",
        'baseURL = "https://ex.org/"\ndefaultContentLanguage = "en"\ntimeZone = "Asia/Seoul"\n'
        "[languages.en]\n[languages.ko]\n",
        "content/",
    ),
    "zola": ("config.toml", 'base_url = "https://ex.org"\n', "content/"),
    "pelican": (
        "pelicanconf.py",
        "SITEURL = 'https://ex.org'\nTIMEZONE = 'Asia/Seoul'\nPATH = 'content'\n",
        "content/",
    ),
}


class Trapped:
    """A site with some of the traps in it; its address is https://ex.org, its zone Seoul's.

    Attributes:
        root: The site's folder.
    """

    def __init__(self, tmp_path: Path, *traps: str, dialect: str = "plain", include: str = "") -> None:
        """Lay the site out; articles of Jekyll get the date in their name that it wants."""
        self.root = tmp_path / "site"
        self._out = tmp_path / "out"
        self._dialect = dialect
        name, text, _ = _LAYOUTS[dialect]
        self.root.mkdir()
        self.write("feedsvc.toml", f'{_SITE}dialect = "{dialect}"\ninclude = [{include}]\n')
        if name:
            self.write(name, text)
        for trap in traps:
            # One that lies deeper in the site than among the traps.
            file = TRAPS / trap if (TRAPS / trap).exists() else TRAPS / Path(trap).name
            self.write(self.place(trap), file.read_bytes())

    def place(self, trap: str) -> str:
        """Return where a trap's file lies in the site."""
        folder = _LAYOUTS[self._dialect][2]
        dated = trap if self._dialect != "jekyll" or trap.startswith("20") else f"2024-05-01-{trap}"
        return folder + dated.removeprefix(folder)

    def write(self, path: str, text: str | bytes = "") -> None:
        """Write a file that is no trap."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    @cached_property
    def listed(self) -> dict[str, dict[str, Any]]:
        """What `feedsvc list` says of each path, newest first."""
        rows = map(json.loads, self._run("list", "--format", "jsonl").splitlines())
        return {row["path"]: row for row in rows}

    @cached_property
    def problems(self) -> list[str]:
        """What `feedsvc check` says."""
        return self._run("check").splitlines()

    def exported(self, path: str) -> str:
        """Return a document that `feedsvc build` has written."""
        if not self._out.exists():
            self._run("build", "--out", str(self._out))
        return (self._out / path).read_text(encoding="utf-8")

    def content(self, trap: str) -> str:
        """Return the content of an article's entry, in the first feed that has it."""
        url = self.of(trap)["url"]
        self.exported("feed.json")
        feeds = [
            json.loads(file.read_text(encoding="utf-8")) for file in sorted(self._out.rglob("feed.json"))
        ]
        return str(next(e["content_html"] for feed in feeds for e in feed["items"] if e["url"] == url))

    def of(self, trap: str) -> dict[str, Any]:
        """Return what `feedsvc list` says of a trap's article."""
        return self.listed[self.place(trap)]

    def _run(self, command: str, *options: str) -> str:
        done = CliRunner().invoke(cli, [command, str(self.root), *options])
        assert isinstance(done.exception, SystemExit | None), done.exception
        assert done.exit_code in (0, 1), done.stderr
        return done.stdout
