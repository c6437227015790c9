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
    """Whose feeds these are."""

    title: Text | None = _unset("My site", "Title of the site. Default: the name of the articles folder.")
    description: Text | None = _unset("Notes from the workshop", "One line about the site.")
    url: Address | None = _unset(
        "https://example.org",
        "Address of the website: article links point there.\nDefault: none; articles get pages of ours.",
    )
    id: Text | None = _unset(
        "example.org",
        "Namespace of the ids we mint; never change it once feeds have been published.\n"
        "Default: host and path of the first public address.",
    )
    language: Language | None = _unset(
        "en", "Language tag (BCP 47). Default: by the articles' script, else en."
    )
    timezone: Zone = _set("UTC", "Zone of dates without one, and of all dates written.")
    authors: Authors = _set(
        (), "Authors of articles that name none: { name, email, uri }; only name is needed."
    )
    license: Text | None = _unset("CC BY 4.0", "Rights or licence of the articles, as text.")
    icon: Picture | None = _unset("https://example.org/icon.png", "Square picture of the site.")
    logo: Picture | None = _unset("https://example.org/logo.png", "Picture twice as wide as high.")


class ArticlesSection(Section):
    """Where articles lie, and what counts as one."""

    directory: Annotated[Path | None, must("the path of a folder")] = _unset(
        "articles", "The folder of articles, relative to this file. No default; the command line wins."
    )
    dialect: DialectName = _set(
        "auto",
        "How the site is laid out: jekyll, hugo, zola, eleventy, hexo, pelican, plain for just files, or\n"
        "auto: as the site's own files tell.",
    )
    include: Patterns = _set(
        (), "Which files are articles: patterns as in .gitignore. If empty, the dialect decides."
    )
    exclude: Patterns = _set((), "Files and folders to leave out: patterns as in .gitignore.")
    permalink: Permalink | None = _unset(
        "/:year/:month/:slug/",
        "Address of an article on the website, of :year :month :day :slug :title :folder :filename.\n"
        "Default: what the article says itself, else a page of ours.",
    )
    rescan: Seconds = _set(60, "Seconds between two looks at the folder.")
    watch: Switch = _set(True, "See a saved file at once, where the system tells of it.")
    max_loss: Share = _set(
        0.3, "Share of articles that may vanish at once (0 to 1); beyond it nothing is published."
    )
    git_dates: AutoSwitch = _set(
        "auto", "An undated file is as old as its first commit: true, false, or auto if git knows it."
    )
    date_only: DateOnly = _set(
        "auto",
        "The time of an article that is dated by day only: midnight, or first-seen: when it is first\n"
        "published, if that is on its own day; auto: first-seen in plain folders, midnight elsewhere.",
    )


class FeedsSection(Section):
    """What feeds hold, and which there are."""

    limit: Count = _set(30, "Newest entries in a feed.")
    hours: Hours = _set(48, "All entries within so many hours before the newest one, too.")
    max: Count = _set(100, "Most entries that feeds.hours may bring a feed to.")
    bytes: Count = _set(500_000, "Most bytes of content in a feed; it never shrinks below one entry.")
    term_limit: Count = _set(20, "Newest entries in the feed of a category, tag, author or language.")
    content: Annotated[Literal["full", "excerpt"], must("full or excerpt")] = _set(
        "full", "What an entry carries: full, or excerpt."
    )
    formats: Formats = _set(("rss", "atom", "json"), "Formats of every feed.")
    by: TermKinds = _set(
        ("category", "tag", "author", "language"), "Kinds of terms that get feeds of their own."
    )
    composed: Switch = _set(
        False, "Let readers compose feeds by query, as in /feeds/q/rss.xml?tag=a&not=b&q=words."
    )
    retired: Folders = _set(
        (), "Folders of feeds that are gone for good, such as tags/old: their readers are told so (410)."
    )
    aliases: Switch = _set(
        True,
        "Serve the feeds also where the site's generator had them, if server.url is the site's own.",
    )
    languages: Annotated[Literal["default", "all"], must("default or all")] = _set(
        "default",
        "Articles in which languages stand in one feed: default, those in site.language, while each\n"
        "language has a feed of its own; or all.",
    )
    pages: Switch = _set(True, "Write a page for people at each feed's folder.")


class ImagesSection(Section):
    """Where the lead image of an article appears."""

    enclosure: Switch = _set(True, "As an enclosure.")
    inline: Switch = _set(True, "At the top of the content, unless it stands in the article already.")
    probe: Switch = _set(
        False, "Ask other hosts, once, for type and size of the pictures that articles take from there."
    )
    ignore_shared: CountOrNone = _set(
        0, "A picture that more articles than that show, such as a logo, leads none of them; 0: it may."
    )


class ServerSection(Section):
    """Where the feeds are reached, and where we listen."""

    url: Address | None = _unset(
        "https://example.org/feeds",
        "Set this first: the address at which others reach these feeds; may have a path, which a proxy\n"
        "strips. Default: site.url, else http://HOST:PORT.",
    )
    host: Text = _set("127.0.0.1", "Name or address of this machine to listen on.")
    port: Port = _set(8000, "Port to listen on.")
    workers: Count = _set(1, "Processes that answer requests.")
    socket: Annotated[Path | None, must("the path of a Unix socket")] = _unset(
        "/run/feedsvc/socket", "Unix socket to listen on instead of host and port."
    )
    socket_mode: Mode = _set(
        "0666", "Who may connect to it: its permissions, as chmod has them; a port is open to all users, too."
    )
    socket_group: Text | None = _unset(
        "www-data", "Group of the socket, by name or number; with socket_mode 0660, it alone may connect."
    )
    keep_alive: Seconds = _set(
        75, "Seconds after which an idle connection is closed; more than those of a load balancer before us."
    )
    tls_cert: Annotated[Path | None, must("the path of a file")] = _unset(
        "cert.pem", "Certificate chain as PEM: answer by TLS, with HTTP/2 for clients that know it."
    )
    tls_key: Annotated[Path | None, must("the path of a file")] = _unset("key.pem", "Its private key as PEM.")
    trusted_proxies: Networks = _set(
        (), "Addresses and networks of the proxies and caches before us, such as 127.0.0.1 or 10.0.0.0/8."
    )
    cache_bytes: CountOrNone = _set(64_000_000, "Bytes of documents that each worker keeps in memory.")
    admin_token: AdminToken | None = Field(
        default=None,
        repr=False,
        description="Secret key to /status and /refresh, at least 16 characters. Default: one is made at\n"
        "the first start, and kept in the state folder.",
        examples=["a-secret-of-your-own"],
    )

    @model_validator(mode="after")
    def _certificate_and_key(self) -> "ServerSection":
        if (self.tls_cert is None) is not (self.tls_key is None):
            raise PydanticCustomError("must", "tls_cert and tls_key go together; set both, or neither")
        return self


class HttpSection(Section):
    """What pollers and caches are told."""

    max_age: SecondsOrNone = _set(300, "Seconds that a client may reuse a feed without asking again.")
    deltas: KnownSwitch = _set(
        "known",
        "Clients that ask with A-IM: feed get only what is new to them (RFC 3229), never through a cache:\n"
        "known for the readers that are known to take it, true for all, false for none.",
    )
    strict_ims: Switch = _set(
        False, "If-Modified-Since must equal Last-Modified, for clients that invent the date they send."
    )
    browser_view: Switch = _set(True, "A browser that opens a feed shows it instead of saving it.")
    min_interval: SecondsOrNone = _set(
        0,
        "Seconds between two full answers with one feed to one client; sooner, it is asked to wait (429),\n"
        "unless it names what it has and that is still all there is. 0: no limit.",
    )
    require_validators_after: CountOrNone = _set(
        0,
        "Full answers a day with one feed to a client that never says what it has; then it is asked to wait\n"
        "(429) until the day is over. 0: no limit.",
    )
    unlimited: Networks = _set((), "Addresses and networks to which these two limits do not apply.")
    statistics: Switch = _set(
        True, "Count polls by document, software, status and hour, for `feedsvc stats` and /metrics."
    )


class StoreSection(Section):
    """Where ids, dates and published documents are kept."""

    url: Database | None = Field(
        default=None,
        repr=False,  # may hold a password
        description="Address of the database: sqlite:///FILE, relative to this file, or\n"
        "postgresql+psycopg://USER:PASSWORD@HOST/NAME. Default: SQLite in the state folder.",
        examples=["sqlite:///feedsvc.sqlite3"],
    )


class LogSection(Section):
    """What is said on standard error."""

    level: Annotated[Literal["debug", "info", "warning", "error"], must("debug, info, warning or error")] = (
        _set("info", "Least important lines to write: debug, info, warning or error.")
    )
    format: Annotated[Literal["text", "json"], must("text or json")] = _set(
        "text", "Lines as text or as json."
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
