"""Whatever an author wrote as an address, as an absolute, percent-encoded one."""

import posixpath
import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv6Address
from urllib.parse import quote, unquote

from feedsvc.articles.links.cross_references import SOURCES, marked
from feedsvc.articles.paths import shown
from feedsvc.model import SourceFile
from feedsvc.text.characters import legal
from feedsvc.text.urls import is_on_the_web, joined

# RFC 3986, 2.2 and 2.3; "%" is safe because it is mended before.
_PATH_SAFE = "%/:@!$&'()*+,;=-._~"
_QUERY_SAFE = _PATH_SAFE + "?"
_OPAQUE_SAFE = _QUERY_SAFE + "#[]"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters at least: C:\ is a drive
_ELSEWHERE = re.compile(rf"{_SCHEME.pattern}|//|[#{{|]|\Z")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[A-Za-z0-9._~-]+")
_PORT = re.compile(r":[0-9]{0,5}\Z")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Where an article stands, so that its references can be understood.

    Attributes:
        url: The article's own absolute address.
        name: Makes the ids in its body unlike those of any other article; "" for *url*.
        folder: The article's folder relative to the articles root; "" for the
            root itself.
        root: What "/x" hangs on: scheme and host, without closing slash.
        ours: The article's page is one of ours, because the site has no address
            for it.
        path: What addresses of the website begin with, such as ``/blog``; "" for nothing.
        language: The site's.
        website: There is a website at *root*, which may have what the folder has not.
        media_url: Where local files are served, with closing slash.
        media: The folder's pictures, audio and video, by path.
        version: Gives what tells the bytes of one of *media* apart, to stand in
            its address; "" for none.
        roots: Folders, with closing slash, whose files stand at the root of the site.
        beside: Folders whose files stand where those of *folder* do.
        home: Gives the address that one of *media* stands at, if not at the article's own.
        leading: Which of *media* is the article's picture by its name, unless its front matter names one.
        article: Gives the address of the article that a reference means; None if
            it means none.
        title: Gives the title of that article.
        term: Gives the address, below the site's, of the page of an author, a category or a tag, by kind
            and label; None if it is not known.
        source: Gives the address of the article that lies at a path; None if none does.
        variables: What templates may name of the site.
        unknown: Tells whether the disk gives an error for a path, so that it may exist or not.
    """

    url: str
    name: str = ""
    folder: str = ""
    root: str
    path: str = ""
    ours: bool = False
    language: str = "en"
    website: bool = False
    media_url: str
    media: Mapping[str, SourceFile] = field(default_factory=dict)
    version: Callable[[str], str] = lambda _path: ""
    roots: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    home: Callable[[str], str | None] = lambda _path: None
    leading: str | None = None
    article: Callable[[str], str | None] = lambda _ref: None
    title: Callable[[str], str | None] = lambda _ref: None
    term: Callable[[str, str], str | None] = lambda _kind, _label: None
    source: Callable[[str], str | None] = lambda _path: None
    variables: Mapping[str, str] = field(default_factory=dict)
    unknown: Callable[[str], bool] = lambda _path: False


_NOWHERE = Base(url="", root="", media_url="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A reference understood.

    Attributes:
        url: Absolute, percent-encoded ASCII; "" if the reference is unusable.
        local: Path of the file in the articles folder, if it is there.
        missing: It can only mean a file in the folder, and there is none that can be had.
        unknown: `missing`, because the disk cannot tell us about it.
    """

    url: str
    local: str | None = None
    missing: bool = False
    unknown: bool = False


def web_address(text: str) -> str | None:
    """Return an address of the web, absolute and percent-encoded; None if *text* is none."""
    return (resolve(text, _NOWHERE).url or None) if is_on_the_web(text) else None


def is_absolute(ref: str) -> bool:
    """Return whether *ref* names a scheme or a host, so that no site's path can stand before it."""
    return ref.startswith("//") or _SCHEME.match(ref) is not None


def resolve(ref: str, base: Base) -> Resolved:
    """Return *ref* as written in the article at *base*; never raises.

    What is percent-encoded already stays so (RFC 3987, 3.1); hosts outside
    ASCII become punycode.
    """
    ref = _CONTROLS.sub("", legal(ref)).strip()
    if mark := marked(ref):
        return _resolve_marked(*mark, base)
    scheme = _SCHEME.match(ref)
    if scheme and scheme[1].lower() not in ("http", "https"):
        return Resolved(url=f"{scheme[1].lower()}:{_encode(ref[scheme.end() :], _OPAQUE_SAFE)}")
    path, query, fragment = _split(ref)
    tail = _tail(query, fragment)
    if scheme:
        return Resolved(url=_with_host(scheme[1].lower(), path[scheme.end() :], tail))
    if path.startswith("//"):
        return Resolved(url=_with_host(base.root.partition(":")[0], path, tail))
    if not path:
        return Resolved(url=_join(base.url, tail) if tail else "")
    return _resolve_path(path, query, fragment, base)


def placed(ref: str, folder: str, base: Base) -> str:
    """Return a picture's *ref* below *folder*, a path or URL, unless it means something as it is written."""
    if _ELSEWHERE.match(ref) or ref.startswith(f"{folder}/"):
        return ref
    if not ref.startswith("/") and resolve(ref, base).local is not None:
        return ref
    below = f"{folder}/{ref.removeprefix('./').lstrip('/')}"
    return below if not base.ours or resolve(below, base).local is not None else ref


def _resolve_marked(mark: str, ref: str, base: Base) -> Resolved:
    """Resolve Pelican's references to sources and to its pages of terms, and Zola's to sources."""
    path, query, fragment = _split(ref)
    tail = _tail(query, fragment)
    site = f"{base.root}{base.path}/"
    if mark == "index":
        return Resolved(url=site + tail)
    if mark in ("author", "category", "tag"):
        page = base.term(mark, unquote(path)) or f"{mark}/{path}.html"
        return Resolved(url=site + _encode(page.lstrip("/"), _PATH_SAFE) + tail)
    if mark in ("filename", "@") and (
        url := base.article(f"@{path}" if mark == "@" else "{filename}" + path)
    ):
        return Resolved(url=url + tail)
    local = _found(path, base)
    if base.ours and local is not None:
        return _resolve_path(path, query, fragment, base)
    if mark == "attach" and not path.startswith(("/", "..")):
        return Resolved(url=_join(base.url, _encode(path, _PATH_SAFE) + tail), local=local)
    place = posixpath.normpath(posixpath.join("/", _below(base.roots, base.folder), path)).lstrip("/")
    missing = local is None and base.ours and not base.website and mark in ("static", "attach")
    return Resolved(
        url=site + _encode(place, _PATH_SAFE) + tail,
        local=local,
        missing=missing,
        unknown=missing and _is_unknown(path, base),
    )


def _below(roots: tuple[str, ...], folder: str) -> str:
    """Return where the files of *folder* stand on the site, where its sources are copied as they lie."""
    root = next((root for root in roots if root and f"{folder}/".startswith(root)), "")
    return f"{folder}/".removeprefix(root)


def _split(ref: str) -> tuple[str, str | None, str | None]:
    """Return path, query and fragment; a backslash in the path is a slash."""
    rest, hash_mark, fragment = ref.partition("#")
    path, question_mark, query = rest.partition("?")
    path = path.replace("\\", "/").strip()
    return path, query if question_mark else None, fragment if hash_mark else None


def _tail(query: str | None, fragment: str | None) -> str:
    tail = "" if query is None else f"?{_encode(query, _QUERY_SAFE)}"
    return tail if fragment is None else f"{tail}#{_encode(fragment, _QUERY_SAFE)}"


def _encode(text: str, safe: str) -> str:
    return quote(_LONE_PERCENT.sub("%25", text), safe=safe)


def _with_host(scheme: str, rest: str, tail: str) -> str:
    """Return the URL, or "" if *rest* does not begin with a usable host."""
    if not rest.startswith("//"):
        return ""
    authority, slash, path = rest[2:].partition("/")
    userinfo, at, place = authority.rpartition("@")
    host, _, port = place.rpartition(":") if _PORT.search(place) else (place, "", "")
    host = ascii_host(host)
    if not host or int(port or 0) > 65535:
        return ""
    user = _encode(userinfo, _PATH_SAFE) + at
    return f"{scheme}://{user}{host}{':' + port if port else ''}{slash}{_encode(path, _PATH_SAFE)}{tail}"


def ascii_host(host: str) -> str:
    """Return *host* in ASCII (RFC 3490), or "" if it is none."""
    try:
        if host.startswith("[") and "%" not in host:
            return f"[{IPv6Address(host.removeprefix('[').removesuffix(']'))}]"
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:
        return ""
    return ascii_host if _HOST.fullmatch(ascii_host) else ""


def _resolve_path(path: str, query: str | None, fragment: str | None, base: Base) -> Resolved:
    rooted = path.startswith("/")
    if article := _article(path, base):
        return Resolved(url=article + _tail(query, fragment))
    local = _found(path, base)
    if local is not None and base.ours:
        # A query means nothing to a file; ours tells caches its bytes.
        version = base.version(local)
        address = quote(local) + _tail(f"v={version}" if version else None, fragment)
        return Resolved(url=base.media_url + address, local=local)
    own = (local and base.home(local)) or base.url
    url = _join(base.root + "/" if rooted else own, _encode(path, _PATH_SAFE) + _tail(query, fragment))
    elsewhere = rooted and base.website
    missing = local is None and base.ours and not elsewhere
    return Resolved(url=url, local=local, missing=missing, unknown=missing and _is_unknown(path, base))


def resolve_named(reference: str, base: Base) -> Resolved:
    """Return what a head's reference means: beside the article if it is there, else below the site's root."""
    beside = resolve(reference, base)
    if beside.local is not None or reference.startswith("/"):
        return beside
    below = resolve(f"{base.path}/{reference}", base)
    return below if below.local is not None else beside


def _article(path: str, base: Base) -> str | None:
    """Return the address of the article that *path*, with the suffix of its file, means."""
    suffix = posixpath.splitext(path)[1].lower()
    if suffix in SOURCES:
        return base.article(path)
    # Below the root of a website, such a path is that of a page, whatever is called alike.
    if not suffix or (path.startswith("/") and not base.ours):
        return None
    return base.source(posixpath.normpath(posixpath.join("/", base.folder, unquote(path))).lstrip("/"))


def _found(path: str, base: Base) -> str | None:
    """Return which of the folder's files *path* means."""
    places, path = _places(path, base)
    return next((found for place in places if (found := _local(place, path, base.media))), None)


def _is_unknown(path: str, base: Base) -> bool:
    """Return whether *path* may mean a file that the disk cannot tell us about."""
    places, path = _places(path, base)
    meant = (posixpath.join(place, shown(unquote(path))) for place in places)
    return any(base.unknown(posixpath.normpath(each)) for each in meant)


def _places(path: str, base: Base) -> tuple[tuple[str, ...], str]:
    """Return the folders that *path* may be meant in, and the path in them."""
    if not path.startswith("/"):
        return (base.folder, *base.beside), path
    path = path.removeprefix(base.path if path.startswith(f"{base.path}/") else "").lstrip("/")
    return ("", *base.roots), path


def _local(folder: str, path: str, media: Mapping[str, SourceFile]) -> str | None:
    """Return which file *path* means in *folder*: as written, decoded, or in another Unicode form.

    Nothing outside the articles folder can be meant: it is not among *media*.
    """
    decoded = shown(unquote(path, errors="surrogateescape"))
    written = (shown(path), decoded, *(unicodedata.normalize(form, decoded) for form in ("NFC", "NFD")))
    paths = [posixpath.join(folder, each) for each in written]
    paths += [unicodedata.normalize(form, posixpath.join(folder, decoded)) for form in ("NFC", "NFD")]
    return next((found for each in paths if (found := posixpath.normpath(each)) in media), None)


def _join(url: str, ref: str) -> str:
    # "1:2.png" is a path, but would be read as a scheme behind a bare name.
    return joined(url, ref if ref.startswith(("/", "?", "#", ".")) else f"./{ref}")


def resolve_srcset(srcset: str, base: Base, *, keep: Callable[[str, Resolved], bool]) -> str:
    """Return the candidates with absolute URLs (HTML, 4.8.4.2.1); unusable ones are dropped.

    Args:
        keep: Is asked of each that can be used, as it was written and as it is understood.
    """
    candidates = []
    for ref, descriptor in _candidates(srcset):
        found = resolve(ref, base)
        if found.url and not found.url.startswith("data:") and keep(ref, found):
            candidates.append(f"{found.url} {descriptor}".strip())
    return ", ".join(candidates)


def first_candidate(srcset: str) -> str:
    """Return the reference of the first candidate, or ""."""
    return next((ref for ref, _ in _candidates(srcset)), "")


def _candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield reference and descriptor; a comma parts candidates only behind one of the two."""
    words = deque(srcset.split())
    while words:
        ref = words.popleft().lstrip(",")
        descriptor = ""
        if ref and not ref.endswith(",") and words:
            descriptor, _, rest = words.popleft().partition(",")
            if rest:
                words.appendleft(rest)
        if ref := ref.rstrip(","):
            yield ref, descriptor
