"""The licence of an article or a site, as an address."""

import re

from feedsvc.articles.links.resolve import web_address
from feedsvc.text.urls import is_on_the_web

# "CC BY-SA 4.0", "cc-by-4.0", "Creative Commons Attribution-ShareAlike 4.0 International", "CC-BY-3.0-AT"
_CREATIVE_COMMONS = re.compile(
    r"(?:cc|creative commons)[ -](?P<kind>by(?:-nc)?(?:-sa|-nd)?)(?:[ -](?P<version>[1-4]\.\d))?"
    r"(?:[ -](?P<port>international|unported|[a-z]{2,3}))?",
    re.IGNORECASE,
)
_PUBLIC_DOMAIN = re.compile(
    r"(?:cc|creative commons)[ -]?(?:0|zero)(?:[ -]v?1\.0(?: universal)?)?", re.IGNORECASE
)
_WORDS = {
    "attribution": "by",
    "noncommercial": "nc",
    "sharealike": "sa",
    "noderivatives": "nd",
    "noderivs": "nd",
}

# Identifiers of https://spdx.org/licenses/ that stand on websites, with other names in use.
_SPDX = {
    "0BSD": "BSD Zero Clause",
    "AGPL-3.0-only": "AGPL-3.0, AGPLv3, GNU AGPLv3, GNU Affero General Public v3.0",
    "AGPL-3.0-or-later": "AGPL-3.0+, AGPLv3+",
    "Apache-2.0": "Apache 2.0, Apache 2, Apache v2, Apache, Apache Version 2.0",
    "Artistic-2.0": "Artistic 2.0",
    "BSD-2-Clause": "BSD 2-Clause, Simplified BSD, FreeBSD",
    "BSD-3-Clause": "BSD 3-Clause, New BSD, Modified BSD, BSD",
    "BSL-1.0": "Boost Software 1.0, Boost",
    "CECILL-2.1": "CeCILL 2.1, CeCILL",
    "CDLA-Permissive-2.0": "",
    "EPL-2.0": "Eclipse Public 2.0",
    "EUPL-1.2": "EUPL 1.2, EUPL, European Union Public 1.2",
    "FAL-1.3": "FAL, Free Art, Free Art 1.3, Licence Art Libre",
    "GFDL-1.3-only": "GFDL-1.3, GFDL, GNU FDL, GNU Free Documentation, GNU Free Documentation v1.3",
    "GFDL-1.3-or-later": "GFDL-1.3+",
    "GPL-2.0-only": "GPL-2.0, GPLv2, GPL 2, GNU GPLv2, GNU General Public v2.0",
    "GPL-2.0-or-later": "GPL-2.0+, GPLv2+",
    "GPL-3.0-only": "GPL-3.0, GPLv3, GPL 3, GNU GPLv3, GNU General Public v3.0",
    "GPL-3.0-or-later": "GPL-3.0+, GPLv3+",
    "ISC": "",
    "LGPL-2.1-only": "LGPL-2.1, LGPLv2.1",
    "LGPL-2.1-or-later": "LGPL-2.1+, LGPLv2.1+",
    "LGPL-3.0-only": "LGPL-3.0, LGPLv3, GNU LGPLv3",
    "LGPL-3.0-or-later": "LGPL-3.0+, LGPLv3+",
    "MIT": "Expat, X11/MIT",
    "MIT-0": "MIT No Attribution",
    "MPL-2.0": "MPL 2.0, Mozilla Public 2.0",
    "ODbL-1.0": "ODbL, Open Database, Open Data Commons Open Database v1.0",
    "ODC-By-1.0": "ODC-By",
    "OFL-1.1": "OFL, SIL Open Font 1.1, SIL OFL 1.1",
    "PDDL-1.0": "PDDL",
    "Unlicense": "The Unlicense",
    "WTFPL": "",
    "Zlib": "",
}
_NOISE = re.compile(r"\b(?:the|licen[cs]e|version)\b|[\s,._()-]+", re.IGNORECASE)


def licence_of(text: str) -> str | None:
    """Return the address of the licence that *text* names or is; None if it is not known.

    Names are those of Creative Commons, the identifiers of SPDX, and what else these licences are called.
    """
    text = text.strip()
    if is_on_the_web(text):
        return web_address(text)
    if _PUBLIC_DOMAIN.fullmatch(text):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    if known := _KNOWN.get(_folded(text)):
        return f"https://spdx.org/licenses/{known}.html"
    found = _CREATIVE_COMMONS.fullmatch(_short(text))
    if found is None:
        return None
    port = (found["port"] or "").lower()
    port = f"{port}/" if found["version"] and port and port not in ("international", "unported") else ""
    kind, version = found["kind"].lower(), found["version"] or "4.0"
    return f"https://creativecommons.org/licenses/{kind}/{version}/{port}"


def _short(text: str) -> str:
    """Return a name of Creative Commons with its words as their letters, without "License"."""
    words = [word for word in text.split() if word.lower() not in ("public", "license", "licence")]
    return " ".join("-".join(_WORDS.get(part.lower(), part) for part in word.split("-")) for word in words)


def _folded(text: str) -> str:
    return _NOISE.sub("", text).casefold()


_KNOWN = {
    _folded(name): identifier
    for identifier, others in _SPDX.items()
    for name in (identifier, *others.split(", "))
    if name
}
