"""A folder of articles, and the road over it."""

from collections.abc import Callable
from datetime import UTC
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from feedsvc.articles.disk.scan import Listing, ScanRules, scan
from feedsvc.catalogue import Store, open_store
from feedsvc.catalogue.permissions import make_file
from feedsvc.model import Snapshot
from feedsvc.publisher.plan import Plan
from feedsvc.publisher.refresh.gather import Reader
from feedsvc.publisher.refresh.publisher import Publisher, Report
from tests.conftest import Clock, Ticks
from tests.support.builders import make_site, make_spec


def make_plan(root: Path, **changes: Any) -> Plan:
    """A public site in UTC; undated files are as old as the disk says."""
    defaults: dict[str, Any] = {
        "root": root,
        "rules": ScanRules(),
        "site": make_site(url=None, timezone=UTC),
        "everything": make_spec(),
        "git_dates": False,
    }
    return Plan(**(defaults | changes))


class Folder:
    """Articles in a folder, a store beside it, and a publisher that can be restarted."""

    def __init__(self, tmp_path: Path, clock: Clock, **plan: Any) -> None:
        self.root = tmp_path / "articles"
        self.root.mkdir(exist_ok=True)
        self.clock = clock
        self.ticks = Ticks()
        self.scan: Callable[[Path, ScanRules], Listing] = scan
        self._plan = plan
        self._url = f"sqlite:///{new_catalogue(tmp_path)}"
        self.store: Store
        self.restart()

    def restart(self, *, patient: bool = False, **plan: Any) -> None:
        """Begin anew with nothing in memory."""
        if hasattr(self, "store"):
            self.store.close()
        self._plan |= plan
        self.store = open_store(self._url)
        made = make_plan(self.root, **self._plan)
        reader = Reader(made, patient=patient, scan=self.scan, ticks=self.ticks, pause=self.ticks.forward)
        self.publisher = Publisher(made, self.store, clock=self.clock, reader=reader)

    def write(self, path: str, text: str | bytes) -> Path:
        """Write an article."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def refresh(self) -> Report:
        """Refresh, a minute after the last time."""
        return self.look(seconds=60)

    def look(self, *, seconds: float) -> Report:
        """Refresh, some seconds after the last time."""
        self.clock.forward(seconds=seconds)
        self.ticks.forward(seconds)
        return self.publisher.refresh()

    @property
    def snapshot(self) -> Snapshot:
        return self.store.snapshot()

    def body(self, path: str = "atom.xml") -> bytes:
        """Return what an address serves."""
        body = self.store.body(self.snapshot.documents[path].etag)
        assert body is not None
        return body

    def bodies(self) -> dict[str, bytes]:
        """Return everything that is served."""
        return {path: self.body(path) for path in self.snapshot.documents}


def new_catalogue(folder: Path) -> Path:
    """Return the path of the catalogue in *folder*, and make an empty one if it is not there."""
    path = folder / "catalogue.db"
    if not path.exists():
        make_file(path)
        path.write_bytes(_migrated())
    return path


@cache
def _migrated() -> bytes:
    """To run all migrations takes longer than a small refresh, and they give the same file each time."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.db"
        open_store(f"sqlite:///{path}").close()
        return path.read_bytes()


def article(title: str = "Hello", body: str = "Hello, world.", **front: str) -> str:
    """The text of an article, dated so that it is visible."""
    head = {"title": title, "date": "2026-04-01", **front}
    return "\n".join(["---", *(f"{key}: {value}" for key, value in head.items()), "---", "", body, ""])
