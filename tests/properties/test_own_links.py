"""No link of a document leads to an address of ours at which nothing stands, whatever is switched off."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree, html

from feedsvc.model import Format, TermKind
from tests.conftest import Clock
from tests.support.builders import make_site, make_spec
from tests.support.pictures import png
from tests.support.sites import Folder, article

OURS = "https://feeds.example.net/x"
CLUB = make_spec(folder="private/club/", name="club", title="Club", private=True)
PUBLIC = make_spec(folder="feeds/tea/", name="tea", title="Tea")
# Names of what terms belong to (RFC 4287, 4.2.2.2): nobody follows them.
NAMES_ONLY = {"scheme", "domain"}

SETTINGS = [
    {
        "pages": pages,
        "site": make_site(url=website, feeds_url=OURS),
        "kinds": kinds,
        "everything": make_spec(formats=formats),
        "named": (CLUB, PUBLIC),
        "retired": retired,
        "permalink": permalink,
    }
    for pages, website, kinds, formats, retired, permalink in product(
        (True, False),
        (None, "https://example.org"),
        (tuple(TermKind), ()),
        (tuple(Format), (Format.RSS,)),
        (frozenset[str](), frozenset({"tags/sea/", "feeds/tea/"})),
        (None, "/:slug/"),
    )
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with public and private articles that link to each other."""
    root: Path = tmp_path_factory.mktemp("articles")
    (root / "a.png").write_bytes(png(300, 200))
    texts = {
        "a.md": article("A", "![x](a.png) [b](b.md) [c](c.ko.md)", tags="[sea, tea]", categories="News"),
        "b.md": article("B", "Hello.", author="Kim", image="a.png", comments="'#comments'"),
        "c.ko.md": article("C", "[a](a.md)", feeds="[all, tea]"),
        "d.md": article("D", "![x](a.png) [e](e.md) [a](a.md)", feeds="club"),
        "e.md": article("E", "Secret.", feeds="club", tags="secret"),
    }
    for name, text in texts.items():
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize("plan", SETTINGS[::7], ids=lambda plan: f"pages={plan['pages']}")
def test_every_link_to_ourselves_leads_to_something(
    tmp_path: Path, clock: Clock, written: Path, plan: Mapping[str, Any]
) -> None:
    folder = Folder(tmp_path, clock)
    for file in written.iterdir():
        folder.write(file.name, file.read_bytes())
    folder.restart(**plan)
    folder.refresh()
    snapshot = folder.snapshot
    media = {*snapshot.media, *(path for paths in snapshot.private.values() for path in paths)}

    dead = {
        (path, link)
        for path, document in snapshot.documents.items()
        for link in links(document.media_type, folder.body(path).replace(b"\x01", b"KEY"))
        if (below := ours(link, path)) is not None
        if below not in snapshot.documents and below.partition("media/")[2] not in media
    }
    folder.store.close()

    assert not dead


def ours(link: str, path: str) -> str | None:
    """Return which document of ours a link means; None if it leads elsewhere."""
    if link != OURS and not link.startswith(f"{OURS}/"):
        return None
    below = unquote(re.split("[?#]", link)[0].removeprefix(OURS).removeprefix("/"))
    return re.sub("^private/KEY/", "/".join(path.split("/")[:2]) + "/", below)


def links(media_type: str, body: bytes) -> Iterator[str]:
    """Yield all that could be an address."""
    if "json" in media_type:
        yield from _of_json(json.loads(body))
    elif "html" in media_type:
        yield from _of_tree(html.fromstring(body))
    else:
        yield from _of_tree(etree.fromstring(body))


def _of_tree(root: Any) -> Iterator[str]:
    for element in root.iter(etree.Element):
        texts = (value for name, value in element.attrib.items() if name not in NAMES_ONLY)
        for text in (*texts, element.text or ""):
            text = text.strip()
            yield text
            if "<" in text:
                yield from _of_tree(html.fragment_fromstring(text, "div"))


def _of_json(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        if "<" in value:
            yield from _of_tree(html.fragment_fromstring(value, "div"))
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _of_json(each)
