"""Settings: where they come from, what is refused and how, and what follows from them."""

import pickle
import re
import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedsvc.config import (
    Config,
    dump_config,
    find_config,
    has_public_host,
    load_config,
    locate,
    make_site,
    sample_config,
    state_folders,
)
from feedsvc.config.settings import keys, sections
from feedsvc.errors import ConfigError
from feedsvc.model import Author
from tests.support.places import ROOT
from tests.support.refused_values import FORMATS, VALUES

DEFAULTS = Config()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "feedsvc.toml"


def load(file: Path, text: str = "", **environ: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load_config(file, environ=environ)


def faults(file: Path, text: str = "", **environ: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(file, text, **environ)
    return caught.value.faults


def setting(**given: object) -> Config:
    """Return a configuration with ``section__key`` as given."""
    overrides: dict[str, dict[str, object]] = {}
    for name, value in given.items():
        section, _, key = name.partition("__")
        overrides.setdefault(section, {})[key] = value
    return load_config(None, environ={}, overrides=overrides)


# What is read


def test_without_a_file_the_defaults_hold() -> None:
    config = load_config(None, environ={})

    assert config == DEFAULTS
    assert (config.feeds.limit, config.articles.rescan, config.server.port) == (30, 60, 8000)


def test_the_environment_beats_the_file_and_the_command_line_beats_both(file: Path) -> None:
    file.write_text("[server]\nhost = 'file'\nport = 1\nworkers = 2\n")

    config = load_config(
        file,
        environ={"FEEDSVC_SERVER__PORT": "3", "FEEDSVC_SERVER__WORKERS": "4"},
        overrides={"server": {"workers": 5, "host": None}},
    )

    assert (config.server.host, config.server.port, config.server.workers) == ("file", 3, 5)


def test_the_environment_of_the_process_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller says what the environment is: a test or a worker may have another."""
    monkeypatch.setenv("FEEDSVC_SERVER__PORT", "9")
    monkeypatch.setenv("SERVER", '{"port": 9}')

    assert load_config(None, environ={}).server.port == 8000


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("FEEDSVC_SERVER__PORT", "9000", 9000),
        ("FEEDSVC_ARTICLES__MAX_LOSS", "0.5", 0.5),
        ("FEEDSVC_ARTICLES__GIT_DATES", "false", False),
        ("FEEDSVC_ARTICLES__GIT_DATES", "auto", "auto"),
        ("FEEDSVC_HTTP__STRICT_IMS", "true", True),
        ("FEEDSVC_SITE__TITLE", "2026", "2026"),
        ("FEEDSVC_FEEDS__FORMATS", "rss, atom", ("rss", "atom")),
        ("FEEDSVC_FEEDS__FORMATS", '["json"]', ("json",)),
        ("FEEDSVC_FEEDS__BY", "[]", ()),
        ("FEEDSVC_SITE__AUTHORS", '[{"name": "Kim"}]', (Author(name="Kim"),)),
        ("FEEDSVC_SITE__TITLE", "", None),
    ],
)
def test_a_variable_sets_its_key(variable: str, text: str, expected: object) -> None:
    config = load_config(None, environ={variable: text})

    section, _, key = variable.removeprefix("FEEDSVC_").lower().partition("__")
    value = getattr(getattr(config, section), key)
    assert value == expected
    assert type(value) is type(expected)


def outcome(environ: dict[str, str]) -> str:
    try:
        return dump_config(load_config(None, environ=environ))
    except ConfigError as error:
        return str(error)


@pytest.mark.parametrize("key", keys())
def test_every_key_can_be_set_by_environment_and_by_secret_file(key: str, tmp_path: Path) -> None:
    """A variable counts if a nonsensical value in it is found fault with, or is taken."""
    variable = "FEEDSVC_" + key.replace(".", "__").upper()
    secret = tmp_path / "secret"
    secret.write_text("[nonsense\n")

    by_value = outcome({variable: "[nonsense"})
    by_file = outcome({f"{variable}_FILE": str(secret)})

    assert by_value == by_file.replace("_FILE)", ")")
    assert by_value != dump_config(DEFAULTS)


def test_a_secret_file_loses_its_line_end(tmp_path: Path) -> None:
    secret = tmp_path / "dsn"
    secret.write_text("postgresql://us:pw@db/feeds\r\n")

    config = load_config(None, environ={"FEEDSVC_STORE__URL_FILE": str(secret)})

    assert config.store.url == "postgresql+psycopg://us:pw@db/feeds"


def test_variables_that_are_not_ours_are_left_alone() -> None:
    """Kubernetes puts the address of a service feedsvc-server into FEEDSVC_SERVER_PORT."""
    environ = {
        "FEEDSVC_CONFIG": "x.toml",
        "FEEDSVC_SERVER_PORT": "tcp://10.0.0.1:80",
        "MY_FEEDSVC_SITE__TITLE": "x",
    }

    assert load_config(None, environ=environ) == DEFAULTS


def test_paths_in_the_file_are_relative_to_the_file(file: Path) -> None:
    config = load(file, "[articles]\ndirectory = '../posts'\n[store]\nurl = 'sqlite:///state/a.db'\n")

    assert config.articles.directory == file.parent / "../posts"
    assert config.store.url == f"sqlite:///{file.parent}/state/a.db"


def test_absolute_paths_in_the_file_stay(file: Path) -> None:
    config = load(file, "[articles]\ndirectory = '/posts'\n[store]\nurl = 'sqlite:////state/a.db'\n")

    assert config.articles.directory == Path("/posts")
    assert config.store.url == "sqlite:////state/a.db"


def test_paths_given_elsewhere_are_not_relative_to_the_file(file: Path) -> None:
    assert load(file, FEEDSVC_ARTICLES__DIRECTORY="posts").articles.directory == Path("posts")


def test_a_byte_order_mark_is_no_part_of_the_file(file: Path) -> None:
    assert load(file, "\ufeff[server]\nport = 1\n").server.port == 1


@pytest.mark.parametrize(
    ("key", "written", "read"),
    [
        ("site.url", "https://example.org/", "https://example.org"),
        ("site.url", "HTTPS://example.org/blog//", "https://example.org/blog"),
        ("site.url", "https://한글.kr/블로그", "https://xn--bj0bj06e.kr/%EB%B8%94%EB%A1%9C%EA%B7%B8"),
        ("site.icon", "https://example.org/icon.png?v=2", "https://example.org/icon.png?v=2"),
        ("site.title", "  Two\n words\x07", "Two words"),
        ("feeds.formats", ["json", "rss", "json"], ("json", "rss")),
        ("store.url", "postgres://db/feeds", "postgresql+psycopg://db/feeds"),
    ],
)
def test_values_are_tidied(key: str, written: object, read: object) -> None:
    section, _, name = key.partition(".")

    config = load_config(None, environ={}, overrides={section: {name: written}})

    assert getattr(getattr(config, section), name) == read


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        DEFAULTS.server.port = 9


def test_a_configuration_can_be_sent_to_another_process() -> None:
    config = setting(site__title="x", articles__directory="posts")

    assert pickle.loads(pickle.dumps(config)) == config


# What is refused


@pytest.mark.parametrize(("key", "value", "sentence"), VALUES)
def test_a_refused_value_is_told_in_a_sentence(file: Path, key: str, value: str, sentence: str) -> None:
    section, _, name = key.partition(".")

    assert faults(file, f"[{section}]\n{name} = {value}\n") == (f"{key}: {sentence}, got {value}",)


@pytest.mark.parametrize(
    "address", [r"https://e.org\..\x", r"https://e.org\@example.com", r"https://e.org/a\b"]
)
@pytest.mark.parametrize("key", ["site", "server"])
def test_an_address_with_a_backslash_is_refused(file: Path, key: str, address: str) -> None:
    """To browsers it is a slash, to other programs a part of the host's name."""
    (told,) = faults(file, f"[{key}]\nurl = '{address}'\n")

    assert told.startswith(f"{key}.url: must hold no backslash, got ")


def test_an_author_without_a_name_is_told_in_a_sentence(file: Path) -> None:
    told = "site.authors: must give every author a name, got [{'name': ' '}]"

    assert faults(file, "[site]\nauthors = [{name = ' '}]\n") == (told,)


@pytest.mark.parametrize(
    ("author", "sentence"),
    [
        ("{name = 'K', email = '김@example.org'}", "must give an author's email as name@example.org"),
        ("{name = 'K', email = 'K'}", "must give an author's email as name@example.org"),
        ("{name = 'K', uri = 'http://[k'}", "must give an author's uri as https://example.org/"),
    ],
)
def test_an_author_whom_no_feed_can_name_is_told_in_a_sentence(
    file: Path, author: str, sentence: str
) -> None:
    """One address that Atom does not allow, and no feed would be published any more."""
    (fault,) = faults(file, f"[site]\nauthors = [{author}]\n")

    assert fault.startswith(f"site.authors: {sentence}, got ")


def test_addresses_of_an_author_are_written_in_ascii() -> None:
    author = {"name": "K", "email": "k@ex\u00e4mple.org", "uri": "https://\ud55c\uad6d.kr/~\uae40"}

    (found,) = setting(site__authors=[author]).site.authors

    assert (found.email, found.uri) == ("k@xn--exmple-cua.org", "https://xn--3e0b707e.kr/~%EA%B9%80")


@pytest.mark.parametrize(
    "author",
    [{"name": " "}, {"nam": "Kim"}, {"name": "Kim", "mail": "x"}, {"email": "kim@example.org"}, "Kim", 3],
)
def test_an_author_has_a_name_and_nothing_unknown(author: object) -> None:
    with pytest.raises(ConfigError, match=r"site\.authors: must "):
        setting(site__authors=[author])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("server = 3", "server: must be a table, written as [server]"),
        (
            "[articles]\ndirektory = 1",
            "articles.direktory: no such setting; did you mean 'articles.directory'?",
        ),
        ("[articles]\nxyz = 'x'", "articles.xyz: no such setting; `feedsvc config` shows them all"),
        ("[server]\ntitle = 'x'", "server.title: no such setting; did you mean 'site.title'?"),
        ("title = 'x'", "title: no such setting; did you mean 'site.title'?"),
        ("[artikles]\nx = 1", "artikles: no such setting; did you mean 'articles'?"),
        ("[server]\nport = x", "is not TOML: Invalid value (at line 2, column 8); mend that line"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_place(file: Path, text: str, fault: str) -> None:
    assert faults(file, text) == (fault,)


@pytest.mark.parametrize(
    ("variable", "text", "fault"),
    [
        (
            "FEEDSVC_SERVER__PORT",
            "x",
            "server.port: must be a whole number from 1 to 65535, got 'x' (from FEEDSVC_SERVER__PORT)",
        ),
        (
            "FEEDSVC_FEEDS__FORMATS",
            "[rss",
            f"feeds.formats: {FORMATS}, got '[rss' (from FEEDSVC_FEEDS__FORMATS)",
        ),
        (
            "FEEDSVC_SERVER__PROT",
            "1",
            "FEEDSVC_SERVER__PROT: no such setting; did you mean 'FEEDSVC_SERVER__PORT'?",
        ),
        (
            "FEEDSVC_STORE__URL_FILE",
            "/no/such/file",
            "FEEDSVC_STORE__URL_FILE: cannot read '/no/such/file' (No such file or directory);"
            " it must name a file that holds the value",
        ),
    ],
)
def test_a_fault_in_the_environment_names_its_variable(
    file: Path, variable: str, text: str, fault: str
) -> None:
    assert faults(file, **{variable: text}) == (fault,)


def test_all_faults_are_reported_at_once(file: Path) -> None:
    text = "[articles]\nrescan = 0\ndirektory = 'x'\n[server]\nport = 0\nurl = 'x'\n[nowhere]\n"

    found = faults(file, text, FEEDSVC_LOG__LEVEL="loud", FEEDSVC_LOG__LEFEL="info")

    assert sorted(fault.partition(":")[0] for fault in found) == [
        *("FEEDSVC_LOG__LEFEL", "articles.direktory", "articles.rescan", "log.level"),
        *("nowhere", "server.port", "server.url"),
    ]


def test_a_broken_file_does_not_hide_the_faults_of_the_environment(file: Path) -> None:
    found = faults(file, "[", FEEDSVC_SERVER__PORT="x")

    assert [fault.partition(":")[0] for fault in found] == ["is not TOML", "server.port"]


def test_a_key_set_in_two_ways_is_a_fault(file: Path) -> None:
    found = faults(file, FEEDSVC_LOG__LEVEL="info", FEEDSVC_LOG__LEVEL_FILE="/etc/hostname")

    assert found == ("log.level: set twice, by FEEDSVC_LOG__LEVEL and by FEEDSVC_LOG__LEVEL_FILE; unset one",)


@pytest.mark.parametrize(
    "url", ["mysql://me:secret@db/x", "sqlite:///:memory:?secret", "sqlite://", "secret.db"]
)
def test_the_address_of_the_store_is_never_shown(file: Path, url: str) -> None:
    """It may hold a password, and faults end up in logs."""
    (fault,) = faults(file, f"[store]\nurl = '{url}'\n")

    assert "must be like sqlite:///FILE" in fault
    assert "secret" not in fault


def test_the_address_of_the_store_is_not_in_the_repr() -> None:
    assert "secret" not in repr(setting(store__url="postgresql://me:secret@db/x"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml:\n  - cannot be read \(No such file"):
        load_config(tmp_path / "none.toml", environ={})


def test_a_file_that_is_no_text_is_refused(file: Path) -> None:
    file.write_bytes(b"[site]\ntitle = '\xff'")

    with pytest.raises(ConfigError, match=r"is not UTF-8 text \(byte 0xff at offset 16\)"):
        load_config(file, environ={})


# Where things lie


def test_articles_with_a_configuration_in_the_folder(tmp_path: Path) -> None:
    blog = tmp_path / "blog"
    blog.mkdir()
    (tmp_path / "feedsvc.toml").touch()

    assert find_config(Path("blog"), None, environ={}, cwd=tmp_path) is None

    (blog / "feedsvc.toml").touch()

    assert find_config(Path("blog"), None, environ={}, cwd=tmp_path) == blog / "feedsvc.toml"


def test_without_articles_the_working_directory_is_searched(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()

    assert find_config(None, None, environ={}, cwd=tmp_path) is None

    (tmp_path / "config/feedsvc.toml").touch()

    assert find_config(None, None, environ={}, cwd=tmp_path) == tmp_path / "config/feedsvc.toml"

    (tmp_path / "feedsvc.toml").touch()

    assert find_config(None, None, environ={}, cwd=tmp_path) == tmp_path / "feedsvc.toml"


@pytest.mark.parametrize("articles", [None, Path("blog")])
def test_a_named_configuration_wins_even_if_it_is_missing(articles: Path | None, tmp_path: Path) -> None:
    (tmp_path / "feedsvc.toml").touch()
    environ = {"FEEDSVC_CONFIG": "env.toml"}

    assert find_config(articles, None, environ=environ, cwd=tmp_path) == tmp_path / "env.toml"
    assert find_config(articles, Path("c.toml"), environ=environ, cwd=tmp_path) == tmp_path / "c.toml"


def test_links_that_lead_in_a_circle_are_a_name_like_any_other(tmp_path: Path) -> None:
    """The scan says what is wrong with them."""
    loop = tmp_path / "loop"
    loop.symlink_to("loop")

    assert state_folders(None, loop, environ={})[0].name == ".feedsvc"
    assert make_site(DEFAULTS, loop).title == "loop"


def test_articles_of_the_command_line_replace_the_configured_ones() -> None:
    config = setting(articles__directory="/configured")

    assert locate(config, None, cwd=Path("/here")) == Path("/configured")
    assert locate(config, Path("typed"), cwd=Path("/here")) == Path("/here/typed")


def test_without_an_articles_folder_the_error_says_what_to_type() -> None:
    with pytest.raises(ConfigError, match="name it on the command line"):
        locate(DEFAULTS, None, cwd=Path("/here"))


def test_state_lies_beside_the_configuration_else_with_the_articles(tmp_path: Path) -> None:
    articles = tmp_path / "articles"

    assert state_folders(tmp_path / "feedsvc.toml", articles, environ={})[0] == tmp_path / ".feedsvc"
    assert state_folders(None, articles, environ={})[0] == articles / ".feedsvc"


def test_state_falls_back_to_the_users_folder_by_the_real_path(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    environ = {"XDG_STATE_HOME": "/state", "HOME": "/home/kim"}

    by_path, by_link = (state_folders(None, tmp_path / name, environ=environ) for name in ("real", "link"))

    assert by_path == by_link
    assert re.fullmatch(r"/state/feedsvc/[0-9a-f]{16}", str(by_path[1]))
    assert state_folders(None, tmp_path, environ=environ)[1] != by_path[1]


@pytest.mark.parametrize(
    "environ", [{"HOME": "/home/kim"}, {"HOME": "/home/kim", "XDG_STATE_HOME": "relative"}]
)
def test_without_a_usable_xdg_folder_state_is_local(environ: dict[str, str]) -> None:
    assert state_folders(None, Path("/a"), environ=environ)[1].parent == Path(
        "/home/kim/.local/state/feedsvc"
    )


# The site


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("example.org", True),
        ("feeds.example.org.", True),
        ("xn--bj0bj06e.kr", True),
        ("8.8.8.8", True),
        ("[2606:4700::1111]", True),
        ("localhost", False),
        ("blog.localhost", False),
        ("LOCALHOST:8000", False),
        ("intranet", False),
        ("nas.local", False),
        ("blog.test", False),
        ("box.home.arpa", False),
        ("127.0.0.1:8000", False),
        ("10.1.2.3", False),
        ("192.168.0.1", False),
        ("169.254.1.1", False),
        ("100.64.0.1", False),
        ("[::1]", False),
        ("[fe80::1]", False),
        ("[fd00::1]", False),
    ],
)
def test_an_address_is_public_if_others_can_reach_its_host(host: str, public: bool) -> None:
    assert has_public_host(f"http://{host}/feeds") is public


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        ("127.0.0.1", 8000, "http://127.0.0.1:8000"),
        ("0.0.0.0", 8000, "http://127.0.0.1:8000"),
        ("::", 8000, "http://127.0.0.1:8000"),
        ("::1", 8000, "http://[::1]:8000"),
        ("box", 80, "http://box"),
    ],
)
def test_without_an_address_feeds_are_where_the_server_listens(host: str, port: int, url: str) -> None:
    site = make_site(setting(server__host=host, server__port=port), Path("blog"))

    assert (site.feeds_url, site.public, site.namespace, site.url) == (url, False, "localhost", None)


@pytest.mark.parametrize(
    ("site_url", "server_url", "site_id", "public", "namespace"),
    [
        ("https://Example.org/blog/", None, None, True, "example.org/blog"),
        (None, "http://feeds.example.org:80", None, True, "feeds.example.org"),
        (None, "http://feeds.example.org:8080/x", None, True, "feeds.example.org:8080/x"),
        ("https://example.org", "https://feeds.example.org", None, True, "example.org"),
        ("http://localhost:4000", "https://feeds.example.org", None, True, "feeds.example.org"),
        ("https://example.org", "http://localhost:8000", None, False, "localhost"),
        ("https://example.org", None, "mine", True, "mine"),
        (None, None, "mine", False, "mine"),
        ("https://[2606:4700::1111]/", None, None, True, "[2606:4700::1111]"),
    ],
)
def test_the_namespace_of_ids(
    site_url: str | None, server_url: str | None, site_id: str | None, public: bool, namespace: str
) -> None:
    config = setting(site__url=site_url, server__url=server_url, site__id=site_id)

    site = make_site(config, Path("blog"))

    assert (site.public, site.namespace) == (public, namespace)
    assert site.feeds_url == (config.server.url or config.site.url or "http://127.0.0.1:8000")


def test_moving_a_site_to_https_keeps_the_namespace() -> None:
    before, after = (
        make_site(setting(site__url=f"{scheme}://example.org/blog"), Path("blog"))
        for scheme in ("http", "https")
    )

    assert before.namespace == after.namespace == "example.org/blog"


def test_a_site_without_settings_is_named_after_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "한국어  notes"
    folder.mkdir()

    site = make_site(DEFAULTS, folder / "." / ".." / folder.name)

    assert (site.title, site.description, site.language) == ("한국어 notes", "", "en")
    assert site.timezone == ZoneInfo("UTC")
    assert make_site(DEFAULTS, Path("/")).title == "Articles"


def test_a_configured_language_beats_the_guessed_one() -> None:
    assert make_site(DEFAULTS, Path("blog"), language="ko").language == "ko"
    assert make_site(setting(site__language="ja"), Path("blog"), language="ko").language == "ja"


def test_a_site_says_what_was_configured() -> None:
    config = setting(
        site__title="T", site__timezone="Asia/Seoul", site__license="CC0", site__authors=[{"name": "Kim"}]
    )

    site = make_site(config, Path("blog"))

    assert (site.title, site.rights, site.authors) == ("T", "CC0", (Author(name="Kim"),))
    assert site.timezone == ZoneInfo("Asia/Seoul")


# The configuration, written


def reread(config: Config) -> Config:
    return load_config(None, environ={}, overrides=tomllib.loads(dump_config(config)))


LINE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


# A backslash at its end makes a pattern invalid, which is another test's matter.
PATTERN = LINE.map(lambda text: text.replace("\\", ""))


@given(title=LINE, pattern=PATTERN, share=st.floats(0, 1), limit=st.integers(1), name=LINE)
def test_a_dumped_configuration_reads_as_itself(
    title: str, pattern: str, share: float, limit: int, name: str
) -> None:
    author = {"name": name, "uri": title}
    given_values: dict[str, dict[str, object]] = {
        "site": {"title": f"x{title}", "authors": [author, {"name": name}]},
        "articles": {"exclude": [f"x{pattern}"], "max_loss": share, "directory": "/a/b", "git_dates": False},
        "feeds": {"limit": limit, "by": [], "formats": ["json"]},
        "store": {"url": "sqlite:////var/lib/feeds.db"},
    }
    config = load_config(None, environ={}, overrides=given_values)

    assert reread(config) == config


def test_a_dump_of_the_defaults_reads_as_the_defaults() -> None:
    assert reread(DEFAULTS) == DEFAULTS


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://me:s3c@ret@db:5432/x", "postgresql+psycopg://me:***@db:5432/x"),
        (
            "postgresql+psycopg://db/x?user=me&password=s3cret",
            "postgresql+psycopg://db/x?user=me&password=***",
        ),
        ("postgresql+psycopg://me@db/x", "postgresql+psycopg://me@db/x"),
        ("sqlite:////var/lib/feeds.db", "sqlite:////var/lib/feeds.db"),
    ],
)
def test_a_dump_masks_passwords(url: str, shown: str) -> None:
    assert f'url = "{shown}"' in dump_config(setting(store__url=url))


def test_a_dump_names_every_key() -> None:
    written = re.findall(r"^(?:# )?(\w+)(?: is not set$| = )", dump_config(DEFAULTS), flags=re.M)

    assert written == [key.partition(".")[2] for key in keys()]


# The sample and the documentation

SAMPLE = (ROOT / "config/feedsvc.toml").read_text(encoding="utf-8")
DOCUMENTATION = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")


def test_the_sample_in_the_repository_is_the_one_we_write() -> None:
    """To accept a change: write `sample_config("../seeds")` to config/feedsvc.toml."""
    assert sample_config("../seeds") == SAMPLE


def test_the_sample_sets_the_articles_folder_and_nothing_else() -> None:
    given_values = tomllib.loads(SAMPLE)

    assert {name: table for name, table in given_values.items() if table} == {
        "articles": {"directory": "../seeds"}
    }
    assert list(given_values) == list(sections())


def test_the_sample_uncommented_has_every_key_at_its_default() -> None:
    uncommented = tomllib.loads(re.sub(r"^#(?=\w)", "", SAMPLE, flags=re.M))

    config = load_config(None, environ={}, overrides=uncommented)

    assert [f"{name}.{key}" for name, table in uncommented.items() for key in table] == list(keys())
    for full_name, field in keys().items():
        name, _, key = full_name.partition(".")
        if field.default is not None:
            assert getattr(getattr(config, name), key) == field.default, full_name


def test_the_sample_is_a_usable_configuration() -> None:
    config = load_config(ROOT / "config/feedsvc.toml", environ={})

    assert locate(config, None, cwd=Path("/")).resolve() == ROOT / "seeds"


def test_every_key_is_explained_in_the_sample_and_has_an_example() -> None:
    for name, field in keys().items():
        assert field.description, name
        assert field.default is not None or field.examples, name


def test_the_documentation_has_every_key_with_its_default_and_no_other() -> None:
    documented = {}
    section = ""
    for line in DOCUMENTATION.splitlines():
        if heading := re.match(r"## `\[(\w+)]`", line):
            section = heading[1]
        elif row := re.match(r"\| `(\w+)` \| (?:`(.+?)`|–) \|", line):
            documented[f"{section}.{row[1]}"] = row[2]

    defaults = {
        f"{name}.{key}": value
        for name, table in tomllib.loads(dump_config(DEFAULTS)).items()
        for key, value in table.items()
    }
    assert list(documented) == list(keys())
    assert {
        name: tomllib.loads(f"x = {text}")["x"] for name, text in documented.items() if text is not None
    } == defaults
