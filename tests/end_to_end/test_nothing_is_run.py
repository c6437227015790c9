"""A folder is data: whatever lies in it, nothing of it is run, and nothing beside it is read."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from feedsvc.cli import cli
from tests.support.processes import Served, feedsvc_of_its_own

SECRET = "the-secret-of-another-folder"

# Whatever runs one of them leaves a file behind.
PYTHON = "import os\nopen({witness!r}, 'w').close()\n"
JAVASCRIPT = "require('fs').writeFileSync('{witness}', '');\nmodule.exports = {{ }};\n"
RUBY = "File.write('{witness}', '')\n"
YAML = "x: !!python/object/apply:os.system ['touch {witness}']\ny: !ruby/object:Kernel {{}}\n"
SHELL = "#!/bin/sh\ntouch '{witness}'\n"

SITES: dict[str, dict[str, str]] = {
    "pelican": {
        "pelicanconf.py": PYTHON,
        "publishconf.py": PYTHON,
        "tasks.py": PYTHON,
        "plugins/x.py": PYTHON,
    },
    "eleventy": {
        ".eleventy.js": JAVASCRIPT,
        "eleventy.config.mjs": JAVASCRIPT,
        "_data/site.js": JAVASCRIPT,
        "posts.11tydata.js": JAVASCRIPT,
        "package.json": '{{"scripts": {{"install": "touch {witness}", "build": "touch {witness}"}}}}',
    },
    "jekyll": {"_config.yml": YAML, "_plugins/x.rb": RUBY, "Gemfile": RUBY, "_data/x.yml": YAML},
    "hexo": {"_config.yml": YAML, "scripts/x.js": JAVASCRIPT, "themes/x/scripts/x.js": JAVASCRIPT},
    "hugo": {"hugo.toml": 'title = \'{{{{ exec "touch" "{witness}" }}}}\'\n', "archetypes/x.md": "x"},
    "any": {"Makefile": "all:\n\ttouch {witness}\n", "conftest.py": PYTHON, ".envrc": SHELL, "git": SHELL},
}

# Modules that Python, or a library, looks for when a process begins or goes on.
MODULES = """
    click collections flask granian json lxml multiprocessing pickle random secrets signal sitecustomize
    socket sqlalchemy sqlite3 tempfile usercustomize yaml
    """.split()


def lay(root: Path, files: Mapping[str, str], witness: Path) -> Path:
    """Write *files*, and one article."""
    for name, text in ({"a.md": "---\ntitle: A\ndate: 2026-04-01\n---\nHello.\n"} | dict(files)).items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(witness=str(witness)) if name != "a.md" else text, encoding="utf-8")
        file.chmod(0o755)
    return root


@pytest.mark.parametrize("files", SITES.values(), ids=SITES)
def test_no_program_of_a_site_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Mapping[str, str]
) -> None:
    root = lay(tmp_path / "site", files, tmp_path / "witness")
    monkeypatch.chdir(root)

    for command in ("list", "check", "explain", "refresh"):
        arguments = [command, *(["a.md"] if command == "explain" else ["."])]
        assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code in (0, 1, 2)

    assert not (tmp_path / "witness").exists()


def test_no_module_of_a_site_is_imported(tmp_path: Path) -> None:
    """Python looks for modules where it stands, and each worker is a Python of its own."""
    script = Path(sys.executable).parent / "feedsvc"
    root = lay(tmp_path / "site", {f"{name}.py": PYTHON for name in MODULES}, tmp_path / "witness")
    (root / "feedsvc.toml").write_text("[server]\nworkers = 2\n", encoding="utf-8")

    with Served(".", cwd=root, program=str(script)) as served:
        assert served.get("/").status == 200

    assert not (tmp_path / "witness").exists()


def test_no_module_of_a_site_is_imported_by_python_either(tmp_path: Path) -> None:
    later = [name for name in MODULES if name not in ("collections", "signal")]
    root = lay(tmp_path / "site", {f"{name}.py": PYTHON for name in later}, tmp_path / "witness")

    done = feedsvc_of_its_own("check", ".", cwd=root)

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "witness").exists()


# Nothing beside the folder is read, and nothing grows without end

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
BOMB = f'<!DOCTYPE svg [<!ENTITY l0 "ha">{LAUGHS}]>'

BODIES: dict[str, tuple[str, str]] = {
    "include.rst": ("A\n#\n\n:date: 2026-04-01\n\n.. include:: {secret}\n\nEnd.\n", "End."),
    "raw.rst": ("A\n#\n\n:date: 2026-04-01\n\n.. raw:: html\n   :file: {secret}\n\nEnd.\n", "End."),
    "table.rst": ("A\n#\n\n:date: 2026-04-01\n\n.. csv-table:: T\n   :file: {secret}\n\nEnd.\n", "End."),
    "literal.rst": ("A\n#\n\n:date: 2026-04-01\n\n.. literalinclude:: {secret}\n\nEnd.\n", "End."),
    "liquid.md": (
        "---\ntitle: A\n---\n{{% include_relative {secret} %}}\n{{% render '{secret}' %}}\nEnd.\n",
        "End.",
    ),
    "hugo.md": (
        '---\ntitle: A\n---\n{{{{< readFile "{secret}" >}}}}\n{{{{% include "{secret}" %}}}}\nEnd.\n',
        "End.",
    ),
    "entity.html": (
        '---\ntitle: A\n---\n<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><p>&e; %e; End.</p>\n',
        "End.",
    ),
    "xinclude.html": (
        '---\ntitle: A\n---\n<p xmlns:xi="http://www.w3.org/2001/XInclude">'
        '<xi:include parse="text" href="file://{secret}"/>End.</p>\n',
        "End.",
    ),
    "laughs.html": (f"---\ntitle: A\n---\n{BOMB.replace('{', '{{')}<p>&l11; End.</p>\n", "End."),
    "front.md": ("---\ntitle: A\nimage: {secret}\nsummary: '![](file://{secret})'\n---\nEnd.\n", "End."),
}


@pytest.mark.parametrize("name", BODIES)
def test_nothing_beside_the_folder_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    text, end = BODIES[name]
    root = tmp_path / "site"
    root.mkdir()
    (root / name).write_text(text.format(secret=secret), encoding="utf-8")
    if name.endswith(".rst"):
        (root / "pelicanconf.py").write_text("PATH = '.'\n", encoding="utf-8")
    (root / "docutils.conf").write_text(
        "[general]\nfile_insertion_enabled: yes\nraw_enabled: yes\n", encoding="utf-8"
    )
    monkeypatch.chdir(root)

    done = CliRunner().invoke(cli, ["build", ".", "--out", str(tmp_path / "out")], catch_exceptions=False)

    written = {path: path.read_text("utf-8", "replace") for path in (tmp_path / "out").rglob("*.*")}
    assert done.exit_code == 0
    assert end in written[tmp_path / "out" / "atom.xml"]
    assert [path for path, text in written.items() if SECRET in text] == []


def svg(doctype: str, width: str) -> str:
    return (
        f'<?xml version="1.0"?>{doctype}<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="9"/>'
    )


@pytest.mark.parametrize(
    ("doctype", "width"),
    [('<!DOCTYPE svg [<!ENTITY e SYSTEM "file://{secret}">]>', "&e;"), (BOMB, "&l11;")],
    ids=["external", "laughs"],
)
def test_entities_of_a_drawing_are_not_unfolded(tmp_path: Path, doctype: str, width: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("640", encoding="utf-8")
    root = tmp_path / "site"
    root.mkdir()
    (root / "a.svg").write_text(svg(doctype.replace("{secret}", str(secret)), width), encoding="utf-8")
    (root / "a.md").write_text("---\ntitle: A\ndate: 2026-04-01\n---\n![A](a.svg)\n", encoding="utf-8")

    done = CliRunner().invoke(
        cli, ["build", str(root), "--out", str(tmp_path / "out")], catch_exceptions=False
    )

    assert done.exit_code == 0
    assert 'width="640"' not in (tmp_path / "out" / "atom.xml").read_text("utf-8")
