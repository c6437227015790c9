"""Which article or file somebody means by a path, an id, an address or a slug."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import unquote

from feedsvc.articles.paths import real_name, shown
from feedsvc.errors import UsageError
from feedsvc.model import PRIVATE, Record
from feedsvc.publisher.refresh.gather import Gathered
from feedsvc.text.urls import path_of


def find(asked: str, gathered: Gathered, root: Path, *, cwd: Path) -> Record | str:
    """Return the record that *asked* means, or the path of a file that has none.

    A path counts before an id, an id before an address, an address before a slug.

    Args:
        asked: A path may be below *root*, the articles folder, or relative to *cwd*.

    Raises:
        UsageError: Nothing or more than one article is meant.
    """
    records = _by_path(gathered.catalogue.records)
    known = {*records, *(file.path for file in gathered.listing.articles)}
    paths = [path for path in _paths(asked, root, cwd) if path in known or _is_file(root / real_name(path))]
    if "\\" in asked and asked in known:  # as `feedsvc list` shows it
        paths = [asked]
    if len(paths) > 1:
        raise UsageError(f"{asked}: can mean {' or '.join(paths)}; give the whole path, from / on")
    if paths:
        return records.get(paths[0], paths[0])
    for meant in _meant(asked, gathered):
        if len(meant) > 1:
            named = " and ".join(record.article.path for record in meant)
            raise UsageError(f"{asked}: means {named}; name one of them")
        if meant:
            return meant[0]
    raise UsageError(_unknown(asked, known, records, root, cwd))


def _by_path(records: Iterable[Record]) -> dict[str, Record]:
    """Return the records by path; of those that had the same, the one that is there, or was last."""
    ordered = sorted(records, key=lambda record: (not record.gone, record.key))
    return {record.article.path: record for record in ordered}


def _paths(asked: str, root: Path, cwd: Path) -> list[str]:
    """Return the paths below *root* that *asked* can mean."""
    found: dict[str, None] = {}
    tops = (root, root.resolve())
    from_here = asked.startswith(("/", "./", "../"))
    for location in (cwd,) if from_here else (root, cwd):
        file = Path(os.path.normpath(location / asked))
        # Of the file itself, a link is what is meant.
        forms = ((place, top) for place in (file, file.parent.resolve() / file.name) for top in tops)
        below = (place.relative_to(top) for place, top in forms if place != top and place.is_relative_to(top))
        if path := next(below, None):
            found[shown(path.as_posix())] = None
    return list(found)


def _is_file(location: Path) -> bool:
    return os.path.lexists(location) and not location.is_dir()


def _is_folder(location: Path) -> bool:
    return os.path.lexists(location) and location.is_dir()


def _meant(asked: str, gathered: Gathered) -> Iterator[list[Record]]:
    """Yield the records with that id, with that address, and with that slug.

    An address may lack scheme and host; in that of a private article, any
    subscriber's key may stand.
    """
    records = sorted(gathered.catalogue.records, key=lambda record: record.article.path)
    yield [record for record in records if record.id == asked]
    address = re.sub(f"/{PRIVATE}[^/]+/", f"/{gathered.privacy.folder}", _plain(asked), count=1)
    at = [record for record in records if address in (_plain(record.url), _plain(path_of(record.url)))]
    yield [record for record in at if not record.gone] or at
    yield [record for record in records if record.slug == asked]


def _plain(url: str) -> str:
    return unquote(url).rstrip("/")


def _unknown(asked: str, known: Iterable[str], records: Mapping[str, Record], root: Path, cwd: Path) -> str:
    if _is_folder(root / asked) or _is_folder(cwd / asked):
        return f"{asked}: is a folder; name a file in it"
    if os.path.lexists(cwd / asked):
        return f"{asked}: lies outside of the articles folder, {root}; name another configuration by -c"
    names = {path.rpartition("/")[2]: path for path in sorted(known)} | {path: path for path in known}
    names |= {record.slug: path for path, record in records.items()}
    likest = dict.fromkeys(names[name] for name in get_close_matches(asked, names))
    hint = f"; did you mean {' or '.join(likest)}?" if likest else "; `feedsvc list` shows what there is"
    return f"{asked}: no article in {root} has this path, id, address or slug{hint}"
