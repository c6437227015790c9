"""Whatever HTML an author's tools wrote, as HTML that any reader can show safely.

Parsed by lxml, put in order as a tree, and handed to nh3, which has the last
word on what is safe.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import AttributeValueList, NavigableString, PreformattedString

from feedsvc.articles.images import Found
from feedsvc.articles.links import Base, first_candidate, resolve, resolve_srcset
from feedsvc.articles.safety import safe
from feedsvc.articles.text import legal

# Gone with all they hold. An ad or a form is no text.
_DROPPED = (
    *(
        "script",
        "style",
        "template",
        "form",
        "button",
        "select",
        "input",
        "textarea",
        "object",
        "embed",
        "applet",
    ),
    *("head", "title", "meta", "link", "base", "ins", "frameset", "canvas", "svg", "math"),
)

# Attributes that hold an address. `background` and `action` go with the sanitiser.
_ADDRESSES = ("href", "src", "poster", "cite", "longdesc")
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")

_LANGUAGE_CLASS = re.compile(r"(?:language|lang)-[\w+#.-]+")

# Pictures in the text itself: beyond this they belong into files.
_MOST_DATA = 2048

# Frames that show a film: where a person can watch it.
_FILMS = (
    (
        re.compile(r"(?:www\.)?youtube(?:-nocookie)?\.com"),
        re.compile(r"/embed/([\w-]+)"),
        "https://www.youtube.com/watch?v={}",
    ),
    (re.compile(r"player\.vimeo\.com"), re.compile(r"/video/(\d+)"), "https://vimeo.com/{}"),
)

# Classes and paths of smileys, icons and counters.
_DECORATION = re.compile(
    r"\b(?:emoji|smiley|smilies|icon|favicon|avatar|gravatar|spacer|pixel|badge)s?\b|img\.shields\.io"
)

# Deeper trees are an accident; every tool after us would walk them by recursion.
_DEEPEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A body made presentable.

    Attributes:
        media: Local files that it refers to.
        notes: What was left out or could not be found.
    """

    html: str
    images: tuple[Found, ...] = ()
    media: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def parse(html: str) -> BeautifulSoup:
    """Return *html* as a tree, whatever it is."""
    return BeautifulSoup(html, "lxml")


def clean(soup: BeautifulSoup, base: Base, *, title: str) -> Cleaned:
    """Return the body in *soup*, safe and with absolute URLs only. Changes *soup*.

    Args:
        title: Of the article: a heading at the top that repeats it is dropped.
    """
    return _Cleaner(soup, base).cleaned(title)


class _Cleaner:
    def __init__(self, soup: BeautifulSoup, base: Base) -> None:
        self._soup = soup
        self._base = base
        self._local: dict[str, str] = {}  # by URL
        self._notes: dict[str, None] = {}

    def cleaned(self, title: str) -> Cleaned:
        body = self._soup.body
        if body is None:
            return Cleaned(html="")
        self._drop(body)
        self._restore_lazy_pictures(body)
        for frame in body.find_all(["iframe", "frame"]):
            self._replace_frame(frame)
        _drop_repeated_title(body, title)
        _drop_anchors_of_headings(body)
        for tag in body.find_all(True):
            self._make_absolute(tag)
        _flatten(body)
        images = tuple(self._found(body))
        html = unicodedata.normalize("NFC", legal(body.decode_contents(formatter="minimal")))
        return Cleaned(
            html=safe(html), images=images, media=frozenset(self._local.values()), notes=tuple(self._notes)
        )

    def _drop(self, body: Tag) -> None:
        for text in body.find_all(string=lambda text: isinstance(text, PreformattedString)):
            text.extract()
        for tag in body.find_all(_DROPPED):
            if not tag.decomposed:
                tag.decompose()

    def _restore_lazy_pictures(self, body: Tag) -> None:
        for image in body.find_all(["img", "source", "video", "audio"]):
            _take_over(image, "src", _LAZY)
            _take_over(image, "srcset", _LAZY_SETS)
        for noscript in body.find_all("noscript"):
            # The picture for those without scripts, usually behind the lazy one.
            pictures = {str(image.get("src")) for image in noscript.find_all("img")}
            shown = {
                str(image.get("src")) for image in body.find_all("img") if not image.find_parent("noscript")
            }
            if pictures and pictures <= shown:
                noscript.decompose()
            else:
                noscript.unwrap()
        for image in body.find_all("img"):
            if not image.get("src") and image.get("srcset"):
                image["src"] = first_candidate(str(image["srcset"]))

    def _replace_frame(self, frame: Tag) -> None:
        url = resolve(str(frame.get("src") or frame.get("data-src") or ""), self._base).url
        watch = _film(url)
        if watch is None:
            frame.decompose()
            return
        link = self._soup.new_tag("a", href=watch)
        link.string = str(frame.get("title") or watch)
        paragraph = self._soup.new_tag("p")
        paragraph.append(link)
        frame.replace_with(paragraph)

    def _make_absolute(self, tag: Tag) -> None:
        for name in _ADDRESSES:
            if name in tag.attrs:
                self._make_one_absolute(tag, name)
        if "srcset" in tag.attrs:
            tag["srcset"] = resolve_srcset(str(tag["srcset"]), self._base)
        if tag.name == "img" and not tag.get("src"):
            tag.decompose()
        elif tag.name in ("pre", "code"):
            _keep_language(tag)

    def _make_one_absolute(self, tag: Tag, name: str) -> None:
        written = str(tag[name])
        if written.lower().lstrip().startswith("data:"):
            if name != "src" or len(written) > _MOST_DATA:
                self._note("a picture in the text itself is left out: put it into a file")
                del tag[name]
            return
        found = resolve(written, self._base)
        if found.local is not None:
            self._local[found.url] = found.local
        elif found.missing and name in ("src", "poster"):
            self._note(f"there is no file '{written.strip()}' beside the article")
        if found.url:
            tag[name] = found.url
        else:
            del tag[name]

    def _note(self, text: str) -> None:
        self._notes[text] = None

    def _found(self, body: Tag) -> Iterator[Found]:
        for image in body.find_all("img"):
            url = str(image["src"])
            yield Found(
                url=url,
                alt=str(image.get("alt") or ""),
                local=self._local.get(url),
                width=_pixels(image.get("width")),
                height=_pixels(image.get("height")),
                decoration=bool(_DECORATION.search(f"{image.get('class') or ''} {url}".lower())),
            )


def _take_over(tag: Tag, name: str, lazy: tuple[str, ...]) -> None:
    """Put an address that a script would have put there where it belongs."""
    later = next((str(tag[each]) for each in lazy if tag.get(each)), None)
    if later:
        tag[name] = later


def _film(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    for host, path, watch in _FILMS:
        if host.fullmatch(parts.hostname or "") and (found := path.match(parts.path)):
            return watch.format(found[1])
    return None


def _drop_repeated_title(body: Tag, title: str) -> None:
    """Drop a heading at the very top that says what the entry's title says already."""
    for child in body.find_all(True):
        if child.name in ("h1", "h2") and _letters(child.get_text()) == _letters(title):
            child.decompose()
            return
        if child.name in ("p", "h1", "h2", "h3", "img", "table", "pre", "ul", "ol", "blockquote"):
            return


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _drop_anchors_of_headings(body: Tag) -> None:
    """Drop the links that a heading has to itself."""
    for anchor in body.select("h1 a, h2 a, h3 a, h4 a, h5 a, h6 a"):
        if str(anchor.get("href") or "").startswith("#") and not _letters(anchor.get_text()):
            anchor.decompose()


def _keep_language(tag: Tag) -> None:
    """Keep the class that tells highlighters the language, and no other."""
    kept = [name for name in tag.get_attribute_list("class") if name and _LANGUAGE_CLASS.fullmatch(name)]
    del tag["class"]
    if kept:
        tag["class"] = AttributeValueList(kept)


def _flatten(body: Tag) -> None:
    """Take out what lies too deep, keeping its text."""
    level: list[Tag] = [body]
    for _ in range(_DEEPEST):
        level = [child for tag in level for child in tag.children if isinstance(child, Tag)]
        if not level:
            return
    for tag in level:
        text = NavigableString(" ".join(tag.stripped_strings))
        tag.replace_with(text)


def _pixels(value: object) -> int | None:
    found = re.fullmatch(r"\s*(\d{1,5})(?:px)?\s*", str(value or ""))
    return int(found[1]) if found else None
