"""What the tags become that generators, and the themes most sites use, know."""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from textwrap import dedent
from urllib.parse import quote

from feedsvc.articles.links.cross_references import SOURCES
from feedsvc.articles.templates.arguments import Arguments
from feedsvc.articles.templates.pictures import is_picture, picture
from feedsvc.articles.templates.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What stands in place of a tag.

    Attributes:
        text: Markdown or HTML that means the same in both.
        block: It wants a line of its own.
        inline: What stands there instead, in the midst of a line.
        address: It is an absolute address.
        missing: The reference that it was made of means no article.
    """

    text: str = ""
    block: bool = False
    inline: str | None = None
    address: bool = False
    missing: str = ""


_NOTHING = Made()

# Their inner text is what they are about, and their arguments may hold it.
_TEXT = frozenset(
    """
    note notice callout alert admonition aside hint info tip warning caution danger important success error
    message box panel details expand spoiler lead quote blockquote pullquote center centerquote cq tab tabs
    tabitem column columns row steps capture mark div section card cards accordion
    """.split()
)
# They steer a generator, and show nothing of their own.
_QUIET = frozenset("toc tableofcontents break clear clearfix raw verbatim more".split())

# What may stand in an address, besides letters and digits.
_SAFE = "/:%?~@!$&'()*+,;=-._"

_Maker = Callable[[Arguments, Scope], Made | None]


def made_of(name: str, arguments: Arguments, scope: Scope, *, closing: bool = False) -> Made | None:
    """Return what a tag becomes; None if it is not known or says too little.

    Args:
        name: With the folders and the suffix of an included file, if it is one.
    """
    bare = plain_name(name)
    if closing:
        return _NOTHING if bare in _TEXT | _QUIET | _MAKERS.keys() or is_picture(name) else None
    if bare in _MAKERS:
        return _MAKERS[bare](arguments, scope)
    if bare in _QUIET:
        return _NOTHING
    if bare in _TEXT:
        return _said(arguments)
    return _shown(name, arguments, scope) if is_picture(name) else None


def plain_name(name: str) -> str:
    """Return a name without folders, suffix and punctuation, in lower case."""
    return re.sub(r"[\W_]", "", name.rpartition("/")[2].partition(".")[0]).lower()


def is_plain_text(name: str) -> bool:
    """Return whether a tag of that name has an inner text that is only set apart."""
    return plain_name(name) in _TEXT


def code(text: str, language: str) -> str:
    """Return a block of code on one line, which neither Markdown nor lists around it can break."""
    kind = re.sub(r"[^\w+#.-]", "", language)
    opening = f'<code class="language-{kind}">' if kind else "<code>"
    return f"<pre>{opening}{literally(dedent(text).strip(chr(10)).rstrip())}</code></pre>"


def literally(text: str) -> str:
    """Return *text* so that neither HTML nor Markdown sees anything in it."""
    return re.sub(r"[^\w \t.,;?/]", lambda char: f"&#{ord(char[0])};", text)


def _said(arguments: Arguments) -> Made:
    text = arguments.first("content", "text", "message", "body")
    return Made(text=text, block=bool(text))


def _shown(name: str, arguments: Arguments, scope: Scope) -> Made | None:
    shown = picture(name, arguments, scope)
    return Made(text=shown[0], block=True, inline=shown[1]) if shown else None


def _anchor(url: str, text: str = "") -> Made:
    return Made(text=f'<a href="{escape(url)}">{escape(text or url)}</a>')


def _target(arguments: Arguments, *names: str) -> str:
    return arguments.first(*names) or arguments.word(0)


# Links to other articles


def _address(ref: str, scope: Scope) -> Made | None:
    path, mark, fragment = ref.partition("#")
    if not path or "://" in path:
        return Made(text=ref) if ref else None
    tail = mark + quote(fragment, safe=_SAFE)
    url = scope.link(path)
    if url is not None:
        return Made(text=url + tail, address=True)
    suffix = posixpath.splitext(path)[1]
    means_article = suffix in SOURCES or not suffix[1:].isalnum() or suffix == ".html"
    place = posixpath.normpath("/" + path.removeprefix("@").lstrip("/")) + ("/" if path.endswith("/") else "")
    there = quote(scope.absolute(place), safe=_SAFE)
    return Made(text=there + tail, address=True, missing=path if means_article else "")


def _ref(arguments: Arguments, scope: Scope) -> Made | None:
    return _address(_target(arguments, "path", "page", "slug"), scope)


def _link(arguments: Arguments, scope: Scope) -> Made | None:
    """Jekyll's link to a file, or Hexo's link with a text of its own."""
    url = next((word for word in arguments.words if "://" in word), "")
    if url and arguments.words.index(url):
        return _anchor(url, " ".join(arguments.words[: arguments.words.index(url)]))
    return _address(arguments.first("path", "href", "url") or " ".join(arguments.words), scope)


def _post_link(arguments: Arguments, scope: Scope) -> Made | None:
    ref = arguments.word(0)
    made = _address(ref, scope)
    if made is None:
        return None
    text = " ".join(word for word in arguments.words[1:] if word not in ("true", "false"))
    link = _anchor(made.text, text or scope.title(ref.partition("#")[0]) or ref.rpartition("/")[2])
    return Made(text=link.text, missing=made.missing)


def _asset_path(arguments: Arguments, scope: Scope) -> Made | None:
    name = arguments.word(0)
    return Made(text=scope.beside(name)) if name else None


def _asset_link(arguments: Arguments, scope: Scope) -> Made | None:
    name, title = arguments.word(0), " ".join(arguments.words[1:])
    return _anchor(scope.beside(name), title or name) if name else None


def _parameter(arguments: Arguments, scope: Scope) -> Made | None:
    name = arguments.first("name") or arguments.word(0)
    found = (scope.variables.get(f"{place}{name}") for place in ("page.", "site.params.", "site.", ""))
    value = next((each for each in found if each is not None), None)
    return None if value is None else Made(text=value)


# Films, and what else stands elsewhere


def _film(address: str, *names: str) -> _Maker:
    def maker(arguments: Arguments, _scope: Scope) -> Made | None:
        name = _target(arguments, *names)
        if not name:
            return None
        url = name if "://" in name else address.format(quote(name, safe=""))
        return _anchor(url, arguments.first("title"))

    return maker


_FILM_IDS = ("id", "v", "video", "videoid", "video_id", "youtube_id", "vimeo_id", "code", "url", "src")
_youtube = _film("https://www.youtube.com/watch?v={}", *_FILM_IDS)
_vimeo = _film("https://vimeo.com/{}", *_FILM_IDS)
_instagram = _film("https://www.instagram.com/p/{}/", "id")


def _gist(arguments: Arguments, _scope: Scope) -> Made | None:
    user, gist = arguments.first("user"), _target(arguments, "id", "gist", "url")
    if not gist:
        return None
    if "://" in gist:
        return _anchor(gist)
    second = arguments.word(1)
    parts = [user, gist] if user else [gist, second] if re.fullmatch(r"[0-9a-f]{5,}", second) else [gist]
    return _anchor("https://gist.github.com/" + quote("/".join(parts)))


def _tweet(arguments: Arguments, _scope: Scope) -> Made | None:
    written, user = _target(arguments, "id", "url"), arguments.first("user")
    if "://" in written:
        return _anchor(written)
    return (
        _anchor(f"https://twitter.com/{quote(user or 'i')}/status/{written}") if written.isdecimal() else None
    )


def _video(arguments: Arguments, scope: Scope) -> Made | None:
    provider = plain_name(arguments.first("provider", "host", "type"))
    if provider in ("youtube", "vimeo"):
        return _MAKERS[provider](arguments, scope)
    src = next((word for word in arguments.words if "." in word), "")
    return _film_beside(arguments.first("src", "url", "path", "file", "mp4") or src, arguments)


def _film_beside(src: str, arguments: Arguments) -> Made | None:
    return _anchor(src, arguments.first("title", "caption")) if "." in src or "/" in src else None


def _frame(arguments: Arguments, _scope: Scope) -> Made | None:
    """Show what stands elsewhere as a frame: which of them a reader gets is decided with all others."""
    url = _target(arguments, "src", "url", "href")
    return Made(text=f'<iframe src="{escape(url)}"></iframe>') if "://" in url else None


def _embedded(arguments: Arguments, _scope: Scope) -> Made | None:
    url = _target(arguments, "url", "src", "href", "link")
    return _anchor(url, arguments.first("title")) if "://" in url else None


_MAKERS: Mapping[str, _Maker] = {
    "posturl": _ref,
    "postpath": _ref,
    "ref": _ref,
    "relref": _ref,
    "geturl": _ref,
    "link": _link,
    "postlink": _post_link,
    "assetpath": _asset_path,
    "assetlink": _asset_link,
    "param": _parameter,
    "youtube": _youtube,
    "youtubelite": _youtube,
    "vimeo": _vimeo,
    "instagram": _instagram,
    "gist": _gist,
    "tweet": _tweet,
    "twitter": _tweet,
    "x": _tweet,
    "video": _video,
    "audio": _video,
    "iframe": _frame,
    "embed": _embedded,
    "oembed": _embedded,
}
