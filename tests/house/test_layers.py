"""The architecture: imports point down, and the core has no side effects."""

import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.places import PACKAGE
from tests.support.source import MODULES, imports

LAYERS = [  # lowest first; a module may import from its own layer and from below
    {"codings", "errors", "runtime", "text"},
    {"model"},
    {"articles", "feeds"},
    {"ledger"},
    {"catalogue"},
    {"publisher"},
    {"web"},
    {"config", "cli", "__main__"},
]
HEIGHT = {name: height for height, names in enumerate(LAYERS) for name in names}

# Where the world may come in, below the layers that are made of it.
SHELL = "articles/disk/"
CORE = ("text/", "model/", "articles/", "feeds/", "ledger/", "errors", "codings", "runtime/progress")
EFFECTS = {
    "os",
    "time",
    "random",
    "subprocess",
    "socket",
    "shutil",
    "tempfile",
    "logging",
    "threading",
    "secrets",
}

# Each big dependency is known to one folder or module.
ONLY_IN: dict[str, str | tuple[str, ...]] = {
    "feedgen": "feeds/",
    "apscheduler": ("publisher/schedule.py", "publisher/timeline.py"),
    "flask": "web/",
    "sqlalchemy": "catalogue/",
    "alembic": "catalogue/",
    "bs4": "articles/",
    "docutils": "articles/markup/rst.py",
    "granian": "web/server/server.py",
    "click": "cli/",
    "pydantic_settings": "config/",
    "urllib3": "publisher/media/fetch.py",
    "watchfiles": "publisher/watch.py",
    "rich": "cli/",
}


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module: str) -> None:
    own = HEIGHT.get(module.split("/")[0].removesuffix(".py"))
    if own is None:
        assert module == "__init__.py"
        return
    for target in imports(module):
        if target.startswith("feedsvc."):
            assert HEIGHT[target.split(".")[1]] <= own, f"{module} imports {target}"


def test_web_and_publisher_do_not_know_each_other() -> None:
    for module in MODULES:
        if module.startswith("web/"):
            assert not [target for target in imports(module) if target.startswith("feedsvc.publisher")], (
                module
            )


FOLDERS = sorted({path.parent for path in PACKAGE.rglob("*.py")})


def neighbours(folder: Path) -> dict[str, set[str]]:
    """Return what the modules and folders in *folder* import of each other."""
    prefix = ".".join(["feedsvc", *folder.relative_to(PACKAGE).parts]) + "."
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*.py"):
        own = path.relative_to(folder).parts[0].removesuffix(".py")
        targets = imports(path.relative_to(PACKAGE).as_posix())
        names = {target[len(prefix) :].split(".")[0] for target in targets if target.startswith(prefix)}
        found.setdefault(own, set()).update(names - {own})
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_folder_holds_a_circle(folder: Path) -> None:
    TopologicalSorter(neighbours(folder)).prepare()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    assert len([path for path in folder.glob("*.py") if path.stem != "__init__"]) <= 22


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith(CORE)])
def test_the_core_has_no_side_effects(module: str) -> None:
    if not module.startswith(SHELL):
        assert not {target.split(".")[0] for target in imports(module)} & EFFECTS


@pytest.mark.parametrize("module", MODULES)
def test_each_big_dependency_is_known_in_one_place(module: str) -> None:
    for target in imports(module):
        place = ONLY_IN.get(target.split(".")[0])
        assert place is None or module.startswith(place), f"{module} imports {target}"


@pytest.mark.parametrize("module", MODULES)
def test_addresses_are_taken_apart_in_one_place(module: str) -> None:
    """Python's own functions raise for much that people write."""
    text = (PACKAGE / module).read_text(encoding="utf-8")

    assert module == "text/urls.py" or not re.search(r"\burl(?:split|join|parse|unsplit)\b", text)


def test_a_worker_imports_nothing_that_only_reads_articles() -> None:
    """It would take a fifth more time to start, and more memory in each."""
    names = "bs4", "markdown_it", "docutils", "liquid", "feedsvc.articles.dialects"
    command = f"import sys, feedsvc.web.server.server; print(*sys.modules.keys() & {set(names)})"

    loaded = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)

    assert loaded.stdout.split() == []
