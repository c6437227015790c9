"""From file, environment and command line to one checked configuration, or to all its faults."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from feedsvc.config.settings import Config, keys, sections
from feedsvc.config.tables import TABLES, table_keys
from feedsvc.errors import ConfigError

_PREFIX = "FEEDSVC_"
_DELIMITER = "__"
_IN_FILE = "_FILE"
_SQLITE = "sqlite:///"

# Two names of one section have its name in common: less than this is no likeness.
_ALIKE = 0.75

# Sections, and in each its keys; as in the file, so not yet checked.
_Layer = dict[str, Any]


def load_config(
    path: Path | None,
    *,
    environ: Mapping[str, str],
    overrides: Mapping[str, Mapping[str, object]] | None = None,
    detected: Mapping[str, object] | None = None,
) -> Config:
    """Return the configuration: *overrides* before *environ*, the file, *detected* and the defaults.

    Relative paths in the file are relative to its folder; given elsewhere,
    they stay as they are.

    Args:
        path: The file; None for none.
        environ: Variables such as ``FEEDSVC_SERVER__PORT``; one that ends in
            ``_FILE`` names a file that holds the value. Empty ones count as
            not set; those without ``__`` are somebody else's.
        overrides: By section and key, from the command line; None is "not given".
        detected: What the site's own files say, by full name; all of it acceptable.

    Raises:
        ConfigError: With every fault found.
    """
    faults: list[str] = []
    origins: dict[str, str] = {}
    layers = (
        _layer(detected or {}),
        _from_file(path, faults),
        _from_environment(environ, origins, faults),
        _from_command_line(overrides or {}, origins),
    )
    try:
        config = Config(**_merged(layers))
    except ValidationError as error:
        faults += [_fault(detail, origins) for detail in error.errors()]
    if faults:
        raise ConfigError("configuration" if path is None else str(path), faults)
    return config


def where_set(key: str, path: Path | None, *, environ: Mapping[str, str]) -> str:
    """Return the place that gives the setting *key* its value: a variable, the file it names, or *path*."""
    variable = _variable(key)
    if environ.get(variable):
        return variable
    return environ.get(variable + _IN_FILE) or f"{key} in {path}"


def acceptable(detected: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """Return those of the *detected* settings whose values can be used, and what to say of the others."""
    accepted: dict[str, object] = {}
    faults: dict[str, str] = {}
    for key, value in detected.items():
        try:
            Config(**_layer({key: value}))
        except ValidationError as error:
            faults[key] = error.errors()[0]["msg"]
        else:
            accepted[key] = value
    return accepted, faults


def _layer(settings: Mapping[str, object]) -> _Layer:
    layer: _Layer = {}
    for key, value in settings.items():
        _put(layer, key, value)
    return layer


def _from_file(path: Path | None, faults: list[str]) -> _Layer:
    if path is None:
        return {}
    try:
        # "-sig": some editors put a byte order mark first, which TOML does not know.
        layer = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        faults.append(f"cannot be read ({error.strerror}); name another with -c, or check its permissions")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{error.object[error.start]:02x} at offset {error.start}"
        faults.append(f"is not UTF-8 text ({byte}); save it as UTF-8")
    except ValueError as error:  # tomllib's own, or Python's of a number with thousands of digits
        faults.append(f"is not TOML: {error}; mend that line")
    else:
        return _anchored(layer, path.absolute().parent)
    return {}


def _anchored(layer: _Layer, folder: Path) -> _Layer:
    """Return *layer* with the paths in it relative to *folder* no more."""
    in_url = Path(str(folder).replace("%", "%25").replace("?", "%3F"))
    for section, key, scheme, base in (
        ("articles", "directory", "", folder),
        ("server", "socket", "", folder),
        ("server", "tls_cert", "", folder),
        ("server", "tls_key", "", folder),
        ("store", "url", _SQLITE, in_url),
    ):
        table = layer.get(section)
        value = table.get(key) if isinstance(table, dict) else None
        if isinstance(value, str) and value.startswith(scheme) and value != scheme:
            layer[section] = {**layer[section], key: f"{scheme}{base / value.removeprefix(scheme)}"}
    return layer


def _from_environment(environ: Mapping[str, str], origins: dict[str, str], faults: list[str]) -> _Layer:
    """Return what the environment sets, and note which variable set it.

    Only names with ``__`` are ours: Kubernetes gives every container variables
    such as ``FEEDSVC_SERVER_PORT`` for a service called feedsvc-server.
    """
    layer: _Layer = {}
    for variable in sorted(environ):
        if not (variable.startswith(_PREFIX) and _DELIMITER in variable and environ[variable]):
            continue
        key = _key(variable)
        if key not in keys():
            faults.append(f"{variable}: {_unknown(_dotted(variable), keys(), shown=_variable)}")
        elif key in origins:
            faults.append(f"{key}: set twice, by {origins[key]} and by {variable}; unset one")
        else:
            origins[key] = variable
            _put(layer, key, _value(variable, environ[variable], faults, in_file=key != _dotted(variable)))
    return layer


def _dotted(variable: str) -> str:
    return variable.removeprefix(_PREFIX).replace(_DELIMITER, ".", 1).lower()


def _key(variable: str) -> str:
    """Return the setting that *variable* sets, by its value or by the file it names."""
    dotted = _dotted(variable)
    return dotted if dotted in keys() else _dotted(variable.removesuffix(_IN_FILE))


def _variable(key: str) -> str:
    return _PREFIX + key.replace(".", _DELIMITER).upper()


def _value(variable: str, text: str, faults: list[str], *, in_file: bool) -> str | None:
    """Return the value that a variable gives; None, with a fault, if its file cannot be read."""
    if not in_file:
        return text
    try:
        return Path(text).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        faults.append(
            f"{variable}: cannot read {text!r} ({reason}); it must name a file that holds the value"
        )
        return None


def _from_command_line(overrides: Mapping[str, Mapping[str, object]], origins: dict[str, str]) -> _Layer:
    layer: _Layer = {}
    for section, table in overrides.items():
        for name, value in table.items():
            if value is not None:
                origins[f"{section}.{name}"] = "the command line"
                _put(layer, f"{section}.{name}", value)
    return layer


def _put(layer: _Layer, key: str, value: object) -> None:
    section, _, name = key.partition(".")
    if value is not None:
        layer.setdefault(section, {})[name] = value


def _merged(layers: tuple[_Layer, ...]) -> _Layer:
    """Return the layers as one, key by key; what is no table stays, to be found fault with."""
    merged: _Layer = {}
    for layer in layers:
        for section, table in layer.items():
            below = merged.get(section, {})
            both = isinstance(below, dict) and isinstance(table, dict)
            merged[section] = {**below, **table} if both else merged.get(section, table)
    return merged


def _fault(detail: ErrorDetails, origins: Mapping[str, str]) -> str:
    name = _place(detail["loc"])
    if detail["type"] == "extra_forbidden":
        is_section = "." not in name and isinstance(detail["input"], dict)
        known = table_keys(*detail["loc"][:-1])
        if known:
            place = name.rpartition(".")[0]
            return f"{name}: {_unknown(name, [f'{place}.{key}' for key in known])}"
        return f"{name}: {_unknown(name, sections() if is_section else keys())}"
    if detail["type"] == "missing":
        return f"{name}: must be given"
    if name in TABLES and detail["type"] != "must":
        return f"{name}: must be a list of tables, each written as [[{name}]]"
    if name in sections() and detail["type"] != "must":
        return f"{name}: must be a table, written as [{name}]"
    if detail["type"].startswith("model_"):
        return f'{name}: must be a table, such as {{ tag = "News" }}'
    origin = f" (from {origins[name]})" if name in origins else ""
    return f"{name}: {detail['msg']}{origin}"


def _place(loc: tuple[int | str, ...]) -> str:
    """Return where in the file a fault is: tables in lists are counted from 1."""
    parts = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc]
    return "".join(parts).removeprefix(".")


def _unknown(name: str, known: Collection[str], *, shown: Callable[[str], str] = str) -> str:
    """Return what to say of a name that is none of *known*, and which of them was likely meant."""
    same_key = [each for each in known if each.partition(".")[2] == name.rpartition(".")[2]]
    likest = same_key or get_close_matches(name, known, n=1, cutoff=_ALIKE)
    hint = f"did you mean '{shown(likest[0])}'?" if likest else "`feedsvc config` shows them all"
    return f"no such setting; {hint}"
