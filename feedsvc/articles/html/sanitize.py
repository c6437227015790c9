"""What a reader may be shown: the list, and nh3 that enforces it."""

import nh3

SCHEMES = frozenset({"http", "https", "mailto", "tel", "data"})
"""Of addresses; `data` for pictures alone."""

TAGS = frozenset(
    """
    a abbr audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl
    dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p picture pre q rp rt ruby s
    samp section small source span strike strong sub summary sup table tbody td tfoot th thead time tr
    track u ul var video wbr
    """.split()
)
"""The elements that stay; others leave what they hold."""

_ATTRIBUTES = {
    "*": {"dir", "id", "lang", "title"},
    "a": {"href", "rel", "hreflang"},
    "audio": {"src", "controls", "preload"},
    "blockquote": {"cite"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"src", "srcset", "sizes", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "reversed", "type"},
    "pre": {"class"},
    "q": {"cite"},
    "source": {"src", "srcset", "sizes", "type", "media"},
    "td": {"colspan", "rowspan", "headers", "align"},
    "th": {"colspan", "rowspan", "headers", "scope", "align"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label"},
    "video": {"src", "poster", "controls", "preload", "width", "height"},
}


def safe(html: str) -> str:
    """Return *html* with nothing in it but what readers can show, well-formed."""
    cleaned = nh3.clean(
        html,
        tags=set(TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel=None,
        attribute_filter=_data_in_pictures_only,
    )
    # The one named entity that HTML serialisers write; XML has no such name.
    return cleaned.replace("&nbsp;", "\u00a0").strip()


def _data_in_pictures_only(tag: str, attribute: str, value: str) -> str | None:
    is_data = value.lstrip().lower().startswith("data:")
    return None if is_data and (tag, attribute) != ("img", "src") else value
