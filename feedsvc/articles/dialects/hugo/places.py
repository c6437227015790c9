"""Where a file of a Hugo site lies, as Hugo sees it (its common/paths/pathparser.go)."""

from dataclasses import dataclass
from functools import lru_cache

from feedsvc.articles.dialects.hugo.site import HugoSite, Root

# Where no configuration names the languages, `guide.ko.md` is in one of these; "js" and "go" are none.
_COMMON = frozenset(
    "ar bg bn ca da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nb nl nn pl pt ro ru sk sl sr sv "
    "th tr uk ur vi zh zh-cn zh-hans zh-hant zh-tw pt-br".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page lies below ``content/``.

    Attributes:
        folders: That lead to it, without that of its own bundle.
        name: Of the file without suffix and language, or of the folder that is its bundle.
        file: Of the file, without suffix and language.
        stated: The language stands in the file's name.
    """

    folders: tuple[str, ...]
    name: str
    file: str
    language: str
    stated: bool = False

    @property
    def section(self) -> str:
        """The first folder; "" for what lies at the top."""
        return self.folders[0] if self.folders else ""

    @property
    def path(self) -> str:
        """As patterns of `cascade` compare it."""
        return "/" + "/".join((*self.folders, self.name))


# An article asks for its place many times while it is read, and no more afterwards.
@lru_cache(maxsize=8)
def place_of(path: str, site: HugoSite) -> Place | None:
    """Return where the file at *path*, below the site's folder, lies; None if outside of all content."""
    root = root_of(path, site)
    if root is None:
        return None
    *folders, name = root.below(path).split("/")
    stem = name.rpartition(".")[0] or name
    first, _, code = stem.rpartition(".")
    stated = bool(first) and _is_code(code.lower(), site)
    file = first if stated else stem
    bundle = folders.pop() if file == "index" and folders else None
    return Place(
        folders=tuple(folders),
        name=bundle or file,
        file=file,
        language=code.lower() if stated else root.language or site.languages[0],
        stated=stated,
    )


def root_of(path: str, site: HugoSite) -> Root | None:
    """Return the folder of pages that the file at *path* lies in, the innermost.

    A part of one that is mounted at its own place again lends its pages to another
    language; they are those of the whole.
    """
    roots = [root for root in site.roots if path.startswith(root.folder)]
    same = [root for root in roots if root.below(path) == roots[0].below(path)]
    default = ("", site.languages[0])
    return min(same, key=lambda root: (len(root.folder), root.language not in default, root), default=None)


def _is_code(text: str, site: HugoSite) -> bool:
    return text in site.languages or text in site.disabled if site.found else text in _COMMON
