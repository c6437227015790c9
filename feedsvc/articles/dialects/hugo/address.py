"""The address of a page, of its place, its front matter and the site's configuration."""

from datetime import datetime

from feedsvc.articles.dialects.hugo.paths import basic, expanded, joined, sanitized
from feedsvc.articles.dialects.hugo.places import Place
from feedsvc.articles.dialects.hugo.sections import Sections
from feedsvc.articles.dialects.hugo.site import HugoSite
from feedsvc.articles.dialects.plain import dated_name, without_index
from feedsvc.articles.dialects.protocol import ArticleFacts
from feedsvc.articles.fields import text_of
from feedsvc.text.urls import is_on_the_web

# What an undated page has for a date in its address.
_NO_DATE = datetime(1, 1, 1)  # noqa: DTZ001


def address(place: Place, facts: ArticleFacts, site: HugoSite, sections: Sections) -> str:
    """Return the path below the site's address, or a URL where its language has an address of its own."""
    url = text_of(facts.values.get("url"))
    if url is not None and is_on_the_web(url):
        return url  # Hugo refuses it
    page = _Page(place, facts, site, sections)
    return site.hosts.get(place.language, "") + (page.stated(url) if url is not None else page.path())


class _Page:
    """What an address is made of (`CreateTargetPaths` of resources/page/page_paths.go)."""

    def __init__(self, place: Place, facts: ArticleFacts, site: HugoSite, sections: Sections) -> None:
        self._place = place
        self._facts = facts
        self._site = site
        self._sections = sections

    def stated(self, url: str) -> str:
        """Return what `url` in front matter means: one without leading slash is the language's."""
        # From version 0.131 on, it may be a pattern, too.
        filled = without_index(self._expanded(url) if ":" in url else url)
        whole = joined(filled) if filled.startswith("/") else joined(self._language_folder(), filled)
        return whole if "." in filled and not filled.endswith("/") else f"{whole}/"

    def path(self) -> str:
        """Return the path that the site's patterns, or else the folders, give."""
        pattern = self._pattern()
        below = self._by_folders() if pattern is None else self._expanded(pattern)
        whole = self._sanitized(joined(self._language_folder(), below))
        return f"{whole}.html" if self._site.ugly & {"", self._place.section.lower()} else f"{whole}/"

    def _pattern(self) -> str | None:
        """Return the pattern of the nearest section that has one; "" is that of what lies at the top."""
        patterns = self._site.permalinks.get(self._place.language, {})
        folders = [folder.lower() for folder in self._place.folders]
        above = ["/".join(folders[:end]) for end in range(len(folders), 0, -1)] or [""]
        return next((patterns[section] for section in above if section in patterns), None)

    def _by_folders(self) -> str:
        folders = "/".join(self._place.folders)
        return f"{self._basic(folders)}/{self._slug() or self._basic(self._place.name)}"

    def _expanded(self, pattern: str) -> str:
        return expanded(pattern, self._names(), self._facts.published or _NO_DATE)

    def _names(self) -> dict[str, str | list[str]]:
        """Return what the tokens of a pattern stand for, but for a date's (resources/page/permalinks.go)."""
        # The title as it is written: Hugo reads no Markdown in it.
        title = self._sanitized(text_of(self._facts.values.get("title")) or "")
        slug = self._sanitized(self._slug())
        name = self._sanitized(self._place.name)
        names = [self._sanitized(section) for section in self._sections.names(self._place)]
        return {
            "title": title,
            "slug": slug or title,
            "filename": name,
            "contentbasename": name,
            "slugorfilename": slug or name,
            "slugorcontentbasename": slug or name,
            "section": self._basic(self._place.section),
            "sections": [self._basic(folder) for folder in self._sections.of(self._place)],
            "sectionslug": names[0] if names else "",
            "sectionslugs": names,
        }

    def _slug(self) -> str:
        """Return the slug; a date that was read from the name leaves the rest of it for one."""
        values = self._facts.values
        if "slug" in values:
            return (text_of(values["slug"]) or "").strip("-")
        keys = self._site.keys["published"]
        date, rest = dated_name(self._place.name)
        if date is None or ":filename" not in keys:
            return ""
        before = keys[: keys.index(":filename")]
        return "" if any(text_of(values.get(key)) for key in before) else rest.strip(" -_")

    def _language_folder(self) -> str:
        """Return the folder of the language at the site's address; "" for the default one's, mostly."""
        language = self._place.language
        default = language == self._site.languages[0] and not self._site.in_folder
        return "" if default or language in self._site.hosts else language

    def _basic(self, folders: str) -> str:
        return basic(folders, lower=self._site.lower)

    def _sanitized(self, path: str) -> str:
        return sanitized(path, lower=self._site.lower, accents=self._site.accents)
