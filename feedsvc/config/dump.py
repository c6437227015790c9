"""The configuration as TOML: the effective one, and a sample to start from."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from feedsvc.catalogue.dburl import masked
from feedsvc.config.settings import Config, sections
from feedsvc.config.tables import SAMPLE, TABLES
from feedsvc.model import Author

_INTRODUCTION = """\
# Configuration of feedsvc. Every setting stands here, commented out at its
# default; where there is no default, at an example. docs/configuration.md says
# more. Relative paths are relative to this file.
"""


def dump_config(config: Config) -> str:
    """Return *config* as TOML, every setting once; secrets are masked.

    What is not set stands as a comment.
    """
    return "\n".join(_dumped(config))


def sample_config(
    directory: str | None = None, *, detected: Mapping[str, object] | None = None, note: str = ""
) -> str:
    """Return a configuration that explains every setting and sets none but the articles folder.

    Args:
        directory: `articles.directory`; None leaves it commented out too.
        detected: By full name of a setting, what is to stand there, commented
            out, instead of its default or example.
        note: For the reader of the file; stands at its top.
    """
    remarks = "".join(f"# {line}".rstrip() + "\n" for line in note.splitlines())
    return _INTRODUCTION + remarks + "\n".join(_explained(directory, detected or {}))


_MASKS: dict[tuple[str, str], Callable[[str], str]] = {
    ("store", "url"): masked,
    ("server", "admin_token"): lambda _: "***",
}


def _dumped(config: Config) -> Iterator[str]:
    for name in sections():
        yield f"[{name}]"
        for key, value in getattr(config, name):
            if value and (name, key) in _MASKS:
                value = _MASKS[name, key](value)
            yield f"# {key} is not set" if value is None else f"{key} = {_toml(value)}"
        yield ""
    for name in TABLES:
        for table in getattr(config, name):
            yield f"[[{name}]]"
            said = table.model_dump(by_alias=True, exclude_defaults=True)
            yield from (f"{key} = {_toml(value)}" for key, value in said.items())
            yield ""


def _explained(directory: str | None, detected: Mapping[str, object]) -> Iterator[str]:
    for name, section in sections().items():
        yield f"\n# {section.__doc__}\n[{name}]"
        for key, field in section.model_fields.items():
            yield "".join(f"\n# {line}" for line in str(field.description).split("\n"))
            given = directory if (name, key) == ("articles", "directory") else None
            shown = detected.get(f"{name}.{key}", _shown(field))
            yield f"#{key} = {_toml(shown)}" if given is None else f"{key} = {_toml(given)}"
    yield SAMPLE


def _shown(field: FieldInfo) -> Any:
    return field.default if field.default is not None else (field.examples or [""])[0]


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml(key)


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_toml_key(key)} = {_toml(each)}' for key, each in value.items())} }}"
    if isinstance(value, Author):
        told = {"name": value.name, "email": value.email, "uri": value.uri}
        return (
            f"{{ {', '.join(f'{key} = {_toml(text)}' for key, text in told.items() if text is not None)} }}"
        )
    # JSON writes texts, numbers and truth as TOML does, but for one character.
    written = json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
    written = written.replace("\x7f", "\\u007f")
    return written.encode("utf-8", "replace").decode()  # a path may hold bytes that are no text
