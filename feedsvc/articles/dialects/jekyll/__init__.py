"""Jekyll: posts in ``_posts`` of any folder, and collections; addresses of patterns, dates and categories.

The rules are those of Jekyll 4.3 and jekyll-feed 0.17, named where they are followed.
"""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from feedsvc.articles.dialects.jekyll.config import NAMES, POSTS, JekyllConfig
from feedsvc.articles.dialects.jekyll.defaults import defaults_of
from feedsvc.articles.dialects.jekyll.places import (
    DRAFTS_FOLDER,
    POSTS_FOLDER,
    UNDATED,
    Place,
    is_filed,
    place_of,
    why_ignored,
)
from feedsvc.articles.dialects.jekyll.site import (
    AUTHORS,
    DOMAIN,
    TEMPLATES,
    address_of,
    feeds_of,
    is_jekylls,
    overlooked_of,
    people_of,
    settings_of,
    variables_of,
)
from feedsvc.articles.dialects.jekyll.url import document_id, encoded, filled, joined, slugify, slugify_pretty
from feedsvc.articles.dialects.plain import Plain
from feedsvc.articles.dialects.protocol import ArticleFacts, Generator, PathMetadata, SiteFiles
from feedsvc.articles.fields import labels_of, text_of, truth_of
from feedsvc.articles.frontmatter.keys import UPDATED
from feedsvc.articles.frontmatter.yaml import Value
from feedsvc.model import Templating
from feedsvc.text.characters import one_line
from feedsvc.text.urls import is_on_the_web

# A YAML timestamp without a zone (psych/scalar_scanner.rb, TIME)
_TIMESTAMP = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?:[Tt]|\s+)\d{1,2}:\d\d:\d\d(?:\.\d*)?")
# Zones that Ruby's Time.parse does not know: it takes such a time for one of the site's.
_UNKNOWN_ZONE = re.compile(r"(?<!\s)\s++(?:KST|JST|CET|CEST)", re.IGNORECASE)
# "9999-12-31": kept back for good. No article is dated so, and the date of its name does not count instead.
_FAR_AHEAD = re.compile(r"(?:2[1-9]|[3-9]\d)\d\d-")
_NOT_BELOW = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//|\.\./")

_KEYS = {
    "published": ("date", ":filename"),
    "updated": ("lastmodifiedat", *UPDATED),
    "categories": ("categories", "category"),
    "tags": ("tag", "tags"),
    "id": ("guid",),
    "summary": ("description", "excerpt", "summary", "featuretext"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Jekyll(Plain):
    """See `Dialect`.

    Attributes:
        loose: There is no sign of a folder for articles, so they lie where they are.
        base: The path of the site's address, without closing slash; None if it has no address.
        address: What jekyll-feed writes before the path of an id; "" if `url` is none.
    """

    name: str = "jekyll"
    config: JekyllConfig = field(default_factory=JekyllConfig)
    loose: bool = False
    base: str | None = None
    address: str = ""

    def why_not_an_article(self, path: str) -> str | None:
        below = self._below(path)
        if below is None:
            return f"'source' in {self.config.path} says that the site lies in {self.config.source}"
        place = place_of(below, self.config)
        if place and not (self.config.collections[place.label].output or self._is_within(place)):
            return f"{self.config.path} does not say 'output: true' of its collection, so it has no page"
        return why_ignored(below, self.config, loose=self._is_loose(path))

    def is_misnamed_article(self, path: str) -> bool:
        """Return whether a file lies in ``_posts`` under a name without a date."""
        return self.why_not_an_article(path) == UNDATED

    def bundle_parts(self, paths: Collection[str]) -> frozenset[str]:
        """Return the pages: in a folder without ``_posts``, what lies around those further down."""
        filed = {path for path in paths if is_filed(path)}
        return frozenset(paths) - filed if self.loose and filed else frozenset()

    def path_metadata(self, path: str) -> PathMetadata:
        place = self._place(path)
        if place is None:
            return Plain.path_metadata(self, path)
        # Labels of places, of defaults and of the article itself are joined (`merge_categories!`).
        categories = (*place.above, *_words(self.front_matter_defaults(path).get("categories")))
        return PathMetadata(date=place.date, stem=place.slug, categories=categories)

    def front_matter_defaults(self, path: str) -> Mapping[str, Value]:
        place = self._place(path)
        if place is None:
            return {}
        folder = self.config.collections_dir
        values = defaults_of(self.config.defaults, place.relative, place.label, collections_dir=folder)
        separator = self.config.text("excerpt_separator")
        return {"excerptseparator": separator, **values} if separator else values

    def collection(self, path: str) -> str | None:
        place = self._place(path)
        return place.label if place else None

    def why_hidden(self, path: str, values: Mapping[str, Value]) -> str | None:
        """Return "draft", or "page" for a collection's document without a date and without a feed."""
        place = self._place(path)
        if place is None:
            return None
        if place.folder == DRAFTS_FOLDER:
            return "draft"
        if not self.shows_future and _FAR_AHEAD.match(text_of(values.get("date")) or ""):
            return "future"
        if self._is_loose(path):
            return "page" if text_of(values.get("layout")) in ("page", "home") else None
        dated = text_of(values.get("date")) or place.date
        return None if dated or place.label in self.config.fed or self._is_within(place) else "page"

    def interpret_date(self, date: str, *, quoted: bool) -> str:
        """Return a YAML timestamp without a zone as what Ruby takes it for: UTC."""
        if not quoted and _TIMESTAMP.fullmatch(date):
            return f"{date}Z"
        zone = _UNKNOWN_ZONE.search(date)
        return date[: zone.start()] if zone and zone.end() == len(date) else date

    def default_title(self, metadata: PathMetadata) -> str | None:
        """Return the words of the file's name (utils.rb, `titleize_slug`)."""
        if self.config.titles_from_headings:
            return None
        return one_line(" ".join(word.capitalize() for word in metadata.stem.split("-"))) or None

    def labels(
        self, field: Literal["categories", "tags"], found: Mapping[str, Value], metadata: PathMetadata
    ) -> tuple[str, ...]:
        raw = _categories(found, metadata) if field == "categories" else _tags(found)
        # Jekyll knows no commas between labels; who writes them does not mean them to be part of one.
        return tuple(dict.fromkeys(label for each in raw if (label := one_line(each).strip(", "))))

    def author_values(self, found: Mapping[str, Value]) -> Sequence[Value]:
        """Return `author` before `authors`, as jekyll-feed has it (its feed.xml)."""
        return (found["author"],) if "author" in found else tuple(found.values())

    def lead_image_address(self, reference: str, values: Mapping[str, Value]) -> str:
        """Return a path below the host: in a head, all are below the site (filters/url_filters.rb)."""
        folder = self.image_base(values)
        if folder is not None and not _NOT_BELOW.match(reference):
            return f"{folder}/{reference.removeprefix('./').lstrip('/')}"
        if self.base is None or _NOT_BELOW.match(reference):
            return reference
        below = "/" + reference.removeprefix("./").lstrip("/")
        return below if below.startswith(f"{self.base}/") else self.base + below

    def image_base(self, values: Mapping[str, Value]) -> str | None:
        """Return the folder that the theme Chirpy has them in (its _includes/media-url.html)."""
        folder = text_of(values.get("mediasubpath")) or text_of(values.get("imgpath"))
        if not folder or is_on_the_web(folder):
            return folder and folder.rstrip("/")
        return f"{self.base or ''}/{folder.strip('/')}"

    def templating(self, path: str) -> Templating:
        return Templating.LIQUID

    def permalink(self, facts: ArticleFacts) -> str | None:
        """Follow `Document#url`, but take an absolute address for what it is."""
        own = text_of(facts.values.get("permalink"))
        place = self._place(facts.path)
        if place is None or (own and is_on_the_web(own)):
            return own
        collection = self.config.collections[place.label]
        if not (own or collection.output):
            return None
        moment = facts.published and facts.published.astimezone(facts.zone)
        return filled(own or collection.permalink, self._texts(facts, place, own), moment)

    def feed_id(self, facts: ArticleFacts, permalink: str | None) -> str | None:
        if permalink is None or is_on_the_web(permalink):
            return None
        below = document_id(permalink, facts.slug or facts.path_metadata.stem)
        return self.address + encoded(below) if self.address and self._is_odd(below) else below

    def _is_odd(self, below: str) -> bool:
        """Return whether an id is not written as an address is: a "//", or the "#" of a name, stays in it."""
        _, _, rest = f"{self.address}{below}".partition("://")
        return "//" in rest or not {"#", "?"}.isdisjoint(below.rpartition("/")[2])

    def _is_loose(self, path: str) -> bool:
        return self.loose and not is_filed(path)

    def _below(self, path: str) -> str | None:
        """Return the path below the site's source; None if it is not there."""
        if self._is_loose(path):
            return f"{POSTS_FOLDER}/{path}"
        whole = self.prefix + path
        return whole.removeprefix(self.config.source) if whole.startswith(self.config.source) else None

    def _place(self, path: str) -> Place | None:
        below = self._below(path)
        return None if below is None else place_of(below, self.config)

    def _is_within(self, place: Place) -> bool:
        """Return whether the articles folder is the collection's."""
        return place.label != POSTS and f"/{place.folder}/" in f"/{self.prefix}"

    def _texts(self, facts: ArticleFacts, place: Place, own: str | None) -> dict[str, str]:
        """Return what stands for the words of a pattern, but for those of its date."""
        slug = facts.slug or place.slug
        categories = [label for label in _categories(facts.values, facts.path_metadata) if label]
        return {
            "collection": place.label,
            "path": place.below,
            "name": slugify(place.stem),
            "title": slugify_pretty(slug),
            "slug": slugify(slug),
            "categories": joined(categories),
            "slugified_categories": joined(categories, slugify),
            "output_ext": self._output(facts.path, own),
        }

    def _output(self, path: str, own: str | None) -> str:
        """Return the suffix of the page (renderer.rb, `output_ext`)."""
        stated = posixpath.splitext(own)[1] if own and not own.endswith("/") else ""
        suffix = posixpath.splitext(path)[1]
        return stated or (".html" if suffix.lower() in self.config.markdown else suffix)


def _categories(values: Mapping[str, Value], metadata: PathMetadata) -> Iterator[str]:
    """Yield the labels as they are (document.rb, `populate_categories`)."""
    yield from metadata.categories
    yield from _words(values.get("categories"))
    yield from _whole(values.get("category"))


def _tags(values: Mapping[str, Value]) -> Iterator[str]:
    """Yield the labels of `tag`, else of `tags` (utils.rb, `pluralized_array_from_hash`)."""
    yield from _whole(values["tag"]) if values.get("tag") else _words(values.get("tags"))


def _words(value: Value) -> Sequence[str]:
    return value.split() if isinstance(value, str) else labels_of(value)


def _whole(value: Value) -> Sequence[str]:
    return (value,) if isinstance(value, str) else labels_of(value)


def open_jekyll(files: SiteFiles) -> Jekyll:
    """Return how the site is laid out."""
    config = JekyllConfig.read(files)
    settings = settings_of(config, files)
    whole = not files.prefix.removeprefix(config.source)
    return Jekyll(
        prefix=files.prefix,
        suffixes=config.markdown | {".html", ".htm", ".txt"},
        config=config,
        loose=not (files.prefix or config.collections_dir or config.has_pages)
        and files.names.isdisjoint((f"{POSTS_FOLDER}/", f"{DRAFTS_FOLDER}/")),
        base=_base(settings),
        address=address_of(config),
        shows_future=truth_of(config.values.get("future")) is True,
        settings=settings,
        problems=config.problems,
        feeds=feeds_of(config, files),
        variables=variables_of(config),
        author_data=people_of(files),
        field_keys=_KEYS,
        value_kinds={"renderwithliquid": "truth", "excerptseparator": "text"},
        root_folders=(config.source.removeprefix(files.prefix),) if whole else (),
        ignored_folders=overlooked_of(config) if whole and not config.source else frozenset(),
    )


def _base(settings: Mapping[str, object]) -> str | None:
    url = settings.get("site.url")
    if not isinstance(url, str):
        return None
    _, slash, path = url.partition("://")[2].partition("/")
    return slash + path


JEKYLL = Generator(
    name="jekyll",
    marker_names=(*NAMES, f"{POSTS_FOLDER}/", f"{DRAFTS_FOLDER}/"),
    files_to_read=(*(f"/{name}" for name in (*NAMES, DOMAIN, *TEMPLATES)), *AUTHORS),
    owns=is_jekylls,
    open=open_jekyll,
)
