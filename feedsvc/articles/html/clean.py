"""Whatever HTML an author's tools wrote, as HTML that any reader can show safely.

Parsed by lxml, put in order as a tree, and handed to nh3, which has the last
word on what is safe.
"""

import re
import unicodedata
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from feedsvc.articles.html.admonitions import quote_asides
from feedsvc.articles.html.anchors import HEADINGS, settle_anchors
from feedsvc.articles.html.code_blocks import keep_language, plain_listings
from feedsvc.articles.html.documents import is_document, keep_article
from feedsvc.articles.html.images import caption_of, recordings_within, restore_pictures
from feedsvc.articles.html.sanitize import SCHEMES, safe
from feedsvc.articles.html.soup import classes_of, stands_in, tags_within
from feedsvc.articles.images import Found, why_missing
from feedsvc.articles.links.resolve import Base, Resolved, resolve, resolve_srcset
from feedsvc.text.characters import legal, one_line
from feedsvc.text.urls import parts_of

# Gone with all they hold: what acts, what draws itself, what belongs to a page's head.
_ACTIVE = ("script", "style", "template", "form", "button", "select", "input", "textarea", "object", "embed")
_DRAWN = ("applet", "canvas", "svg", "math", "frameset")
_HEAD = ("head", "title", "meta", "link", "base")
DROPPED = frozenset({*_ACTIVE, *_DRAWN, *_HEAD})

# Attributes that hold an address; `background` and `action` go with the sanitiser.
_LINKS = ("href", "cite")
_SOURCES = ("src", "poster")
_SHOWN = frozenset({"http", "https", "data"})

_ALIGNMENT = re.compile(r"(?:^|;)\s*text-align\s*:\s*(left|right|center)\b", re.IGNORECASE)

# Characters. Pictures written into the text itself: beyond this they belong into files.
_MOST_DATA = 2048

# Frames that show a film: where a person can watch it.
_YOUTUBE = re.compile(r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)")
_VIMEO = re.compile(r"player\.vimeo\.com/video/(\d+)")
_FILMS = ((_YOUTUBE, "https://www.youtube.com/watch?v={}"), (_VIMEO, "https://vimeo.com/{}"))

# Smileys, icons and counters, by their class or their address.
_DECORATIVE_CLASS = re.compile(r"\b(?:emoji|smil(?:ey|ies?)|icon|avatar|badge|spacer|pixel)\b")
_DECORATIVE_URL = re.compile(
    r"/(?:emojis?|smil(?:eys?|ies))/|/(?:spacer|pixel|blank|favicon)\.|\bgravatar\.com/|\bimg\.shields\.io/"
)

# Trees deeper than this are an accident, and the sanitiser takes quadratic time for them.
_DEEPEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that was left out or could not be found.

    Attributes:
        reason: For the author.
        ref: The beginning of what the author wrote, to find the line by; "" if
            it stands in the front matter.
    """

    reason: str
    ref: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A body made presentable.

    Attributes:
        body: As a tree, yet to be made safe; None if there is none.
        media: Local files whose addresses with us are in it.
    """

    body: Tag | None = None
    images: tuple[Found, ...] = ()
    recordings: tuple[Found, ...] = ()
    media: frozenset[str] = frozenset()
    notes: tuple[Note, ...] = ()

    @property
    def html(self) -> str:
        """Safe HTML; made anew each time, which takes half as long as all the rest."""
        return safe(legal(self.body.decode_contents())) if self.body else ""


def parse(html: str) -> BeautifulSoup:
    """Return *html* as a tree, whatever it is; what lies too deep is left with its text."""
    # With a root of its own, nothing passes for a file's name or for XML, of which bs4 would warn.
    soup = BeautifulSoup("<html>" + legal(html), "lxml")
    _gather(soup)
    if is_document(html):
        keep_article(soup)
    _flatten(soup)
    return soup


def clean(soup: BeautifulSoup, base: Base, *, title: str) -> Cleaned:
    """Return the body in *soup*, safe and with absolute URLs only. Changes *soup*.

    Args:
        title: Of the article: a heading at the top that repeats it is dropped.
    """
    return Cleaned() if soup.body is None else _Cleaner(soup, soup.body, base).cleaned(title)


class _Cleaner:
    def __init__(self, soup: BeautifulSoup, body: Tag, base: Base) -> None:
        self._soup = soup
        self._body = body
        self._base = base
        self._local: dict[str, str] = {}  # by URL
        self._missing: set[str] = set()  # by URL
        self._notes: dict[Note, None] = {}

    def cleaned(self, title: str) -> Cleaned:
        body = self._body
        names = {tag.name for tag in tags_within(body)}
        if "input" in names:
            show_ticks(body)
        _drop(body)
        restore_pictures(self._soup, body)
        if "code" in names or "pre" in names:
            plain_listings(self._soup, body)
        quote_asides(self._soup, body)
        for frame in tags_within(body, "iframe", "frame"):
            self._replace_frame(frame)
        drop_repeated_title(body, title)
        settle_anchors(body, self._base.name or self._base.url)
        for tag in tags_within(body):
            self._put_in_order(tag)
        _compose(body)
        return Cleaned(
            body=body,
            images=tuple(map(self._found, tags_within(body, "img"))),
            recordings=tuple(recordings_within(body, self._local, self._missing)),
            media=frozenset(self._local.values()) if self._base.ours else frozenset(),
            notes=tuple(self._notes),
        )

    def _replace_frame(self, frame: Tag) -> None:
        watch = _film(resolve(str(frame.get("src") or frame.get("data-src") or ""), self._base).url)
        if watch is None:
            frame.decompose()
            return
        link = self._soup.new_tag("a", href=watch, string=str(frame.get("title") or watch))
        frame.replace_with(link)
        if link.find_parent("p") is None:
            link.wrap(self._soup.new_tag("p"))

    def _put_in_order(self, tag: Tag) -> None:
        for name in (*_LINKS, *_SOURCES):
            if name in tag.attrs:
                self._make_absolute(tag, name)
        if "srcset" in tag.attrs:
            self._make_set_absolute(tag)
        if tag.name == "img" and not tag.get("src"):
            tag.decompose()
        elif tag.name == "code":
            keep_language(tag)
        elif tag.name in ("td", "th"):
            _keep_alignment(tag)

    def _make_set_absolute(self, tag: Tag) -> None:
        absolute = resolve_srcset(str(tag["srcset"]), self._base, keep=self._can_be_shown)
        if absolute:
            tag["srcset"] = absolute
        else:
            del tag["srcset"]

    def _make_absolute(self, tag: Tag, name: str) -> None:
        written = str(tag[name]).strip()
        found = resolve(written, self._base)
        if name in _LINKS:
            self._note_local(found)
        else:
            self._is_there(written, found)
        scheme = found.url.partition(":")[0]
        if scheme == "data" and (tag.name != "img" or len(written) > _MOST_DATA):
            self._note("a file written into the text itself is left out; put it beside the article", written)
            del tag[name]
        elif scheme in (SCHEMES if name in _LINKS else _SHOWN):
            tag[name] = found.url
        else:
            if written:
                self._note_useless(written)
            del tag[name]

    def _can_be_shown(self, written: str, found: Resolved) -> bool:
        if found.url.partition(":")[0] in _SHOWN:
            return self._is_there(written, found)
        self._note_useless(written)
        return False

    def _note_useless(self, written: str) -> None:
        self._note(f"'{written[:80]}' is no address for readers and is left out; mend it", written)

    def _is_there(self, written: str, found: Resolved) -> bool:
        self._note_local(found)
        if found.missing:
            self._missing.add(found.url)
            if not found.unknown:  # else the disk's error is told
                self._note(why_missing(written), written)
        return not found.missing

    def _note_local(self, found: Resolved) -> None:
        if found.local is not None:
            self._local[found.url] = found.local

    def _note(self, reason: str, ref: str) -> None:
        self._notes[Note(reason=reason, ref=ref[:80])] = None

    def _found(self, image: Tag) -> Found:
        url = str(image["src"])
        classes = " ".join(classes_of(image)).lower()
        return Found(
            url=url,
            alt=one_line(str(image.get("alt") or "")),
            title=one_line(str(image.get("title") or "") or caption_of(image)),
            local=self._local.get(url),
            width=_pixels(image.get("width")),
            height=_pixels(image.get("height")),
            decoration=url in self._missing
            or bool(_DECORATIVE_CLASS.search(classes) or _DECORATIVE_URL.search(url.lower())),
        )


def show_ticks(body: Tag) -> None:
    """Put a box to tick as a character: readers take out what could be filled in."""
    for box in tags_within(body, "input"):
        if box.get("type") == "checkbox" and stands_in(box, "li"):
            blank = "" if str(box.next_sibling or "").startswith((" ", "\n")) else " "
            box.replace_with(("☑" if box.has_attr("checked") else "☐") + blank)


def _drop(body: Tag) -> None:
    for comment in [node for node in body.descendants if isinstance(node, PreformattedString)]:
        comment.extract()
    for tag in [tag for tag in tags_within(body) if tag.name in DROPPED or "adsbygoogle" in classes_of(tag)]:
        if not tag.decomposed:  # with another around it
            tag.decompose()


def _film(url: str) -> str | None:
    parts = parts_of(url)
    if parts is None:
        return None
    for pattern, watch in _FILMS:
        if found := pattern.match(parts.netloc + parts.path):
            return watch.format(found[1])
    return None


def drop_repeated_title(body: Tag, title: str) -> None:
    """Drop a heading at the very top that says what the entry's title says already."""
    first = next((text for text in body.strings if text.strip()), None)
    heading = first and first.find_parent(HEADINGS)
    if heading and _letters(title) and _letters(heading.get_text()) == _letters(title):
        heading.decompose()


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _keep_alignment(cell: Tag) -> None:
    found = _ALIGNMENT.search(str(cell.get("style") or ""))
    if found:
        cell["align"] = found[1].lower()


def _compose(body: Tag) -> None:
    # Text by text: in the serialised whole, a ">" and a combining stroke that
    # begins the text behind it would become one character.
    for text in [node for node in body.descendants if isinstance(node, NavigableString)]:
        if not unicodedata.is_normalized("NFC", text):
            text.replace_with(unicodedata.normalize("NFC", text))


def _gather(soup: BeautifulSoup) -> None:
    """Bring home what stands behind a stray </body> or </html>: browsers show it, too."""
    body = soup.body
    if body is not None and body.parent is not None:
        for node in [*body.next_siblings, *body.parent.next_siblings]:
            body.append(node)


def _flatten(soup: BeautifulSoup) -> None:
    level: list[Tag] = [soup]
    for _ in range(_DEEPEST):
        level = [child for tag in level for child in tag.children if isinstance(child, Tag)]
        if not level:
            return
    for tag in level:
        tag.replace_with(NavigableString(" ".join(tag.stripped_strings)))


def _pixels(value: object) -> int | None:
    found = re.fullmatch(r"\s*(\d{1,5})(?:px)?\s*", str(value or ""))
    return int(found[1]) if found else None
