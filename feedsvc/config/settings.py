"""Every setting there is: its name, kind, default and meaning.

A setting stands here from the day it works, and not before. One more is one
more line: the environment, the faults, the documented sample and the effective
configuration follow from it.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from feedsvc.config.tables import Feeds, RedirectTable
from feedsvc.config.values import (
    Address,
    AdminToken,
    Authors,
    AutoSwitch,
    Count,
    CountOrNone,
    Database,
    DateOnly,
    DialectName,
    Folders,
    Formats,
    Hours,
    KnownSwitch,
    Language,
    Mode,
    Networks,
    Patterns,
    Permalink,
    Picture,
    Port,
    Seconds,
    SecondsOrNone,
    Share,
    Switch,
    TermKinds,
    Text,
    Zone,
    must,
)


def _unset(example: object, meaning: str) -> Any:
    """Return a field without a default; *example* is shown in the sample."""
    return Field(None, description=meaning, examples=[example])


def _set(default: object, meaning: str) -> Any:
    return Field(default, description=meaning)


class Section(BaseModel):
    """A table of the configuration file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SiteSection(Section):
    """The site that the feeds belong to."""

    title: Text | None = _unset("My site", "Title of the site. Default: the name of the articles folder.")
    description: Text | None = _unset("Notes from the workshop", "One line about the site.")
    url: Address | None = _unset(
        "https://example.org",
        "Address of the website; entries link to it.\nDefault: none; feedsvc makes a page for each article.",
    )
    id: Text | None = _unset(
        "example.org",
        "Namespace of the ids that feedsvc makes; never change it after feeds have been published.\n"
        "Default: host and path of the first public address.",
    )
    language: Language | None = _unset(
        "en", "Language tag (BCP 47). Default: guessed from the articles, or en."
    )
    timezone: Zone = _set("UTC", "Time zone of dates that state none, and of all dates in feeds.")
    authors: Authors = _set(
        (), "Authors of articles that name no author: { name, email, uri }; only name is required."
    )
    license: Text | None = _unset("CC BY 4.0", "Rights or licence of the articles, as text.")
    icon: Picture | None = _unset("https://example.org/icon.png", "Square image of the site.")
    logo: Picture | None = _unset("https://example.org/logo.png", "Image that is twice as wide as high.")


class ArticlesSection(Section):
    """The folder of articles, and the files in it that are articles."""

    directory: Annotated[Path | None, must("the path of a folder")] = _unset(
        "articles",
        "The folder of articles, relative to this file. No default; the command line overrides it.",
    )
    dialect: DialectName = _set(
        "auto",
        "Layout of the site: jekyll, hugo, zola, eleventy, hexo, pelican, or plain for a folder of files;\n"
        "auto detects it from the site's own files.",
    )
    include: Patterns = _set(
        (), "Files that are articles: patterns of .gitignore. If empty, the dialect decides."
    )
    exclude: Patterns = _set((), "Files and folders that are no articles: patterns of .gitignore.")
    permalink: Permalink | None = _unset(
        "/:year/:month/:slug/",
        "Address of an article on the website, with :year :month :day :slug :title :folder :filename.\n"
        "Default: the address in the article, or a page that feedsvc makes.",
    )
    rescan: Seconds = _set(60, "Seconds between two scans of the folder.")
    watch: Switch = _set(True, "Notice a saved file at once, if the operating system reports it.")
    max_loss: Share = _set(
        0.3, "Share of articles that may vanish at once (0 to 1); if more vanish, nothing is published."
    )
    git_dates: AutoSwitch = _set(
        "auto", "Date an undated file by its first commit: true, false, or auto if git knows the file."
    )
    date_only: DateOnly = _set(
        "auto",
        "Time of an article whose date has no time: midnight, or first-seen: the moment of its first\n"
        "publication, if that is on the same day; auto: first-seen in plain folders, or else midnight.",
    )


class FeedsSection(Section):
    """Which feeds there are, and how much they hold."""

    limit: Count = _set(30, "A feed holds this many of the newest entries.")
    hours: Hours = _set(48, "A feed also holds all entries of this many hours before its newest entry.")
    max: Count = _set(100, "The most entries that a feed can hold because of feeds.hours.")
    bytes: Count = _set(
        500_000, "The most bytes of content in a feed; a feed always holds at least one entry."
    )
    term_limit: Count = _set(20, "The same as limit, for the feed of a category, tag, author or language.")
    content: Annotated[Literal["full", "excerpt"], must("full or excerpt")] = _set(
        "full", "Content of an entry: full, or excerpt."
    )
    formats: Formats = _set(("rss", "atom", "json"), "Formats of every feed.")
    by: TermKinds = _set(
        ("category", "tag", "author", "language"), "Kinds of terms that have feeds of their own."
    )
    composed: Switch = _set(
        False, "Allow query feeds, which readers define: /feeds/q/rss.xml?tag=a&not=b&q=words."
    )
    retired: Folders = _set((), "Folders of feeds that are gone for good, such as tags/old; they answer 410.")
    aliases: Switch = _set(
        True,
        "Serve the feeds also at the addresses that the site's generator gave them, if server.url is the\n"
        "address of the site.",
    )
    languages: Annotated[Literal["default", "all"], must("default or all")] = _set(
        "default",
        "Languages of the articles in one feed: default for site.language, while each other language has\n"
        "a feed of its own; or all.",
    )
    pages: Switch = _set(True, "Write a page for people at the address of each feed.")


class ImagesSection(Section):
    """The places where the lead image of an article appears."""

    enclosure: Switch = _set(True, "The lead image is an enclosure.")
    inline: Switch = _set(
        True, "The lead image stands at the top of the content, unless the article shows it already."
    )
    probe: Switch = _set(False, "Ask other hosts, once, for type and size of the lead images that lie there.")
    ignore_shared: CountOrNone = _set(
        0,
        "If more articles than this number show an image, such as a logo, it is the lead image of none of\n"
        "them. 0: no limit.",
    )


class ServerSection(Section):
    """The address of the feeds, and the address on which feedsvc listens."""

    url: Address | None = _unset(
        "https://example.org/feeds",
        "Set this first: the address at which others reach these feeds. It may have a path, which a proxy\n"
        "strips. Default: site.url, or else http://HOST:PORT.",
    )
    host: Text = _set("127.0.0.1", "Name or address of this machine to listen on.")
    port: Port = _set(8000, "Port to listen on.")
    workers: Count = _set(1, "Number of processes that answer requests.")
    socket: Annotated[Path | None, must("the path of a Unix socket")] = _unset(
        "/run/feedsvc/socket", "Unix socket to listen on instead of host and port."
    )
    socket_mode: Mode = _set(
        "0666", "Permissions of the socket, in the form of chmod; by default all users may connect."
    )
    socket_group: Text | None = _unset(
        "www-data", "Group of the socket, by name or number; with socket_mode 0660, only it may connect."
    )
    keep_alive: Seconds = _set(
        75, "Seconds after which an idle connection is closed; more than those of a load balancer in front."
    )
    tls_cert: Annotated[Path | None, must("the path of a file")] = _unset(
        "cert.pem", "Certificate chain as PEM: answer by TLS, and with HTTP/2 if the client knows it."
    )
    tls_key: Annotated[Path | None, must("the path of a file")] = _unset(
        "key.pem", "Private key of the certificate, as PEM."
    )
    trusted_proxies: Networks = _set(
        (), "Addresses and networks of the proxies and caches in front, such as 127.0.0.1 or 10.0.0.0/8."
    )
    cache_bytes: CountOrNone = _set(64_000_000, "Bytes of documents that each worker keeps in memory.")
    admin_token: AdminToken | None = Field(
        default=None,
        repr=False,
        description="Secret for /status and /refresh, at least 16 characters. Default: the first start\n"
        "makes a token and keeps it in the state folder.",
        examples=["a-secret-of-your-own"],
    )

    @model_validator(mode="after")
    def _certificate_and_key(self) -> "ServerSection":
        if (self.tls_cert is None) is not (self.tls_key is None):
            raise PydanticCustomError("must", "tls_cert and tls_key go together; set both, or neither")
        return self


class HttpSection(Section):
    """What feedsvc tells clients and caches."""

    max_age: SecondsOrNone = _set(300, "Seconds for which a client may reuse a feed without polling.")
    deltas: KnownSwitch = _set(
        "known",
        "Send only new and changed entries to clients that send A-IM: feed (RFC 3229), never through a\n"
        "cache: known for the feed readers that are known to understand it, true for all, false for none.",
    )
    strict_ims: Switch = _set(
        False, "If-Modified-Since must equal Last-Modified; some clients invent the date that they send."
    )
    browser_view: Switch = _set(True, "A browser that opens a feed shows it instead of saving it.")
    min_interval: SecondsOrNone = _set(
        0,
        "Seconds between two full answers with the same feed to the same client; earlier requests get 429.\n"
        "A client whose copy is current always gets 304. 0: no limit.",
    )
    require_validators_after: CountOrNone = _set(
        0,
        "Full answers a day with the same feed to a client that sends no validators; after them, such\n"
        "requests get 429 for the rest of the day. 0: no limit.",
    )
    unlimited: Networks = _set((), "Clients to which these two limits do not apply: addresses and networks.")
    statistics: Switch = _set(
        True, "Count polls by document, software, status and hour, for `feedsvc stats` and /metrics."
    )


class StoreSection(Section):
    """The database for ids, dates and published documents."""

    url: Database | None = Field(
        default=None,
        repr=False,  # may hold a password
        description="Address of the database: sqlite:///FILE, relative to this file, or\n"
        "postgresql+psycopg://USER:PASSWORD@HOST/NAME. Default: SQLite in the state folder.",
        examples=["sqlite:///feedsvc.sqlite3"],
    )


class LogSection(Section):
    """The log on standard error."""

    level: Annotated[Literal["debug", "info", "warning", "error"], must("debug, info, warning or error")] = (
        _set("info", "Lowest level of lines that are written: debug, info, warning or error.")
    )
    format: Annotated[Literal["text", "json"], must("text or json")] = _set(
        "text", "Form of the lines: text or json."
    )


class Config(BaseSettings):
    """The whole configuration, checked."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    site: SiteSection = SiteSection()
    articles: ArticlesSection = ArticlesSection()
    feeds: FeedsSection = FeedsSection()
    images: ImagesSection = ImagesSection()
    server: ServerSection = ServerSection()
    http: HttpSection = HttpSection()
    store: StoreSection = StoreSection()
    log: LogSection = LogSection()
    feed: Feeds = ()
    redirect: tuple[RedirectTable, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take what `load_config` hands over and nothing else: no process-wide state reaches a value."""
        return (init_settings,)


def sections() -> dict[str, type[Section]]:
    """Return the sections by name, in the order of the file."""
    own = ((name, field.default) for name, field in Config.model_fields.items())
    return {name: type(default) for name, default in own if isinstance(default, Section)}


def keys() -> dict[str, FieldInfo]:
    """Return every setting by its full name, such as ``articles.rescan``."""
    return {
        f"{name}.{key}": field
        for name, section in sections().items()
        for key, field in section.model_fields.items()
    }
