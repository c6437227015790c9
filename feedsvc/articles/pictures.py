"""Pictures as scripts, old readers and large screens would get them, made plain."""

from collections.abc import Iterator, Mapping

from bs4 import BeautifulSoup, Tag

from feedsvc.articles.images import Found
from feedsvc.articles.links import first_candidate
from feedsvc.articles.text import one_line
from feedsvc.articles.tree import tags_within

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc")
_LAZY_SETS = ("data-srcset", "data-lazy-srcset")


def restore_pictures(soup: BeautifulSoup, body: Tag) -> None:
    """Put every picture where a browser with scripts would show it, as one plain `img`."""
    for tag in tags_within(body, "img", "source", "video", "audio"):
        _take_over(tag, "src", _LAZY)
        _take_over(tag, "srcset", _LAZY_SETS)
    for picture in tags_within(body, "picture"):
        _make_one(soup, picture)
    for image in tags_within(body, "img"):
        if image.get("srcset") and str(image.get("src") or "data:").startswith("data:"):
            image["src"] = first_candidate(str(image["srcset"]))
    _unwrap_noscripts(body)


def recordings_within(body: Tag, local: Mapping[str, str]) -> Iterator[Found]:
    """Yield audio and video, whose addresses are absolute already.

    Args:
        local: Paths of files in the articles folder, by their addresses.
    """
    for tag in tags_within(body, "audio", "video"):
        sources = [str(each["src"]) for each in (tag, *tags_within(tag, "source")) if each.get("src")]
        if sources and sources[0].startswith("http"):
            title = one_line(str(tag.get("title") or ""))
            yield Found(url=sources[0], local=local.get(sources[0]), title=title)


def caption_of(image: Tag) -> str:
    """Return what stands below a picture."""
    figure = image.find_parent("figure")
    caption = figure.find("figcaption") if figure else None
    return caption.get_text(" ") if caption else ""


def _make_one(soup: BeautifulSoup, picture: Tag) -> None:
    """Leave one plain picture: not all readers choose among sources."""
    # The parser takes what follows a source for its contents.
    sources = [source.unwrap() for source in tags_within(picture, "source")]
    image = picture.find("img")
    if image is None:
        image = soup.new_tag("img")
        picture.append(image)
    sets = [str(each["srcset"]) for each in (image, *sources) if each.get("srcset")]
    if not image.get("src") and sets:
        image["src"] = first_candidate(sets[0])
    picture.unwrap()


def _take_over(tag: Tag, name: str, lazy: tuple[str, ...]) -> None:
    """Put an address that a script would have put there where it belongs."""
    later = next((str(tag[each]) for each in lazy if tag.get(each)), None)
    if later:
        tag[name] = later


def _unwrap_noscripts(body: Tag) -> None:
    """Take what is for those without scripts, but for pictures that stand there already."""
    shown: set[str] = set()
    for tag in tags_within(body, "img", "noscript"):
        if tag.decomposed:
            continue
        if tag.name == "img":
            shown.add(str(tag.get("src")))
            continue
        pictures = {str(image.get("src")) for image in tags_within(tag, "img")}
        if pictures and pictures <= shown:
            tag.decompose()
        else:
            tag.unwrap()
