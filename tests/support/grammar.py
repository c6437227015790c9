"""What hostile articles are made of: productions, of which each «name» stands for one of its own.

The first production of each name is the one that ends: it is taken where a text is deep enough.
"""

from collections.abc import Mapping, Sequence

ADDRESSES = """
    http://[bad http://[::1 http://[1,2]/ //[x http://] http://e.org:99999/ http://e.org:abc/ http://e.org:-1/
    http://:80/ http://@/ http://a@b@c/ https:// http:///x http://℀.com/ http://ex⁈.com/ http://．/
    http://xn--/ http://a..b/ http://e.org/%zz mailto: javascript:alert(1) data:text/html,<b> urn: C:\\x
    \\\\server\\x ? # #[ /[ /a]b http://user:p[w@e.org/ http://e.org] http://[v1.x]/ http://[fe80::1%25en0]/
    http://[::ffff:1.2.3.4]:x/ HTTP://[bad http:/x ftp://[bad :// http://İ.org http://e.org:٣/
    http://e.org:80:80/ // /// http://[ ] [ [[ ![](http://[bad) <img/src='http://[bad'> http://[bad/a.mp3
    http://[bad/a.png /[bad/a.mp3 @/[bad.md {filename}[bad |filename|x[ {static}/[ http://.. http://_/
    https://e.org:/ http://[bad/index.md kim@[bad kim@ @kim k@e@x /\\[x a.mp3 a.png https://e.org/ok
    """.split()
SCALARS = """
    ~ null true false 0 -1 1e999 .inf -.inf .nan 1_000 12:30 1:2:3:4 ٣ ² 0000-01-01 0001-01-01 9999-12-31
    9999-12-31T23:59:59-14:00 10000-01-01 2024-02-30 2024-13-01 2024-01-01T25:00 1714521600 9999999999 -5
    1900-01-01 2099-12-31T23:59:59Z 1970-01-01 1970-01-01T00:00+14:00 2099-12-31T23:59-12:00 xx_YY.UTF-8
    x- i-klingon zh-Hant-TW PT1H 99999:99:99 .. ../.. %s%d{}{0} {{x}} {%raw%} <b> <script>x</script> &#0;
    &#xD800; ]]> <!-- --> \\ ' " ` | |filename| @/x.md :year :slug/:title :: * ** ***[[ ( [a- {a,{b $ ${ all
    [n](http://[bad) <a/href='http://[bad'>K</a>
    """.split()
ODD = [
    *("", "\0", "\x07\x08", "\ud800", "\udc00\ud800", "\u2028\u2029", "\ufeff", "\u200b", "\n\n", "a\nb"),
    *("\t", "9" * 30, "9" * 5000, "0x" + "f" * 400, "PT" + "9" * 5000 + "H", "٣" * 5, "en-" + "x" * 300),
    *("." * 300, "\u0300" * 500, "a" * 5000, "한" * 3000, "/" * 300, "A" * 121, "ﬀ" * 200),
    "http://" + "a" * 300 + ".org/",
]

# Each has once stopped somebody's reader.
NASTY = [
    *("9" * 5000, "-1", "1e999", "٣", "null", "[]", "{}", "[null, {a: 1}]", "{x: [1, {y: z}]}", "- a"),
    *("http://[bad", "http://[1,2]/", "//x", "https://", "http://ex.org:99999/", "%zz", "../../.."),
    *("/etc/passwd", "0001-01-01", "9999-12-31T23:59:59-14:00", "2024-02-30", "12:30", "xx_YY.UTF-8"),
    *("Local", "true", "(", "[a-", "{a,{b", "**", "\\", "'", '"', "`", "&a [*a]", "\0", "\u2028"),
    *("!!python/object:os.system x", "{{ x | join: y }}", "{% include 'x' %}", "[a }", "${", "f'{x!r}'"),
    *("'a' * 10**9", ":sections[9:]", "a" * 3000),
]

_WORDS = [
    *"Hello world. R&D 한글 雨の日 Été ﬁn 👩‍💻 a̐éö٣ &amp; &lt;b&gt; &#0; &#xD800; &nosuch; ]]>".split(),
    *"<!-- --> <?x?> a<b c>d List<String> <T> \\ \\* ` `` ~~~ $x$ $$ :smile: :::: {#id} {: .c} {x=y}".split(),
    *"[x] [^1] [[w]] ^ | || *a".split(),
    *(
        "**b**",
        "_i_",
        "<b>",
        "</b>",
        "<br/>",
        "\u2028",
        "\u200e",
        "\u202e",
        "\ufeff",
        "\x0b",
        "\x7f",
        "\ufffe",
        "\0",
    ),
]
_MARKDOWN = [
    *(
        "«text»",
        "«text»",
        "# «text»",
        "«text»\n===",
        "«text»\n---",
        "---",
        "***",
        "> «markdown»",
        "> > «text»",
    ),
    *(
        "- «text»",
        "- «markdown»\n  - «text»",
        "1. «text»\n2. «markdown»",
        "99999999999. «text»",
        "- [ ] «text»",
    ),
    *("    «text»", "```«word»\n«any»\n```", "~~~\n«any»", "`«any»`", "``«any»`", "**«text»*", "*«text»**"),
    *("[«text»](«address»)", "![«text»](«address» '«text»')", "[«word»]: «address»", "[«word»][«word»]"),
    *("<«address»>", "[^1]", "[^1]: «markdown»", "*[«word»]: «text»", "«word»\n: «markdown»", "{:.«word»}"),
    *(
        "| «word» | «text» |\n|:--|--:|\n| «text» | «word»",
        "| a |\n|---|\n«text»",
        "$$«any»$$",
        "!!! note\n    «text»",
    ),
    *(
        "> [!«word»] «text»\n> «markdown»",
        "«html»",
        "«tag»",
        "«markdown»\n\n«markdown»",
        "«markdown»\n«markdown»",
    ),
    *(
        "![](«address»)",
        "<!-- more -->",
        "<!--more-->\n«text»",
        "[[«word»|«text»]]",
        ":::«word»\n«markdown»\n:::",
    ),
]
_HTML = [
    *("«text»", "<p>«text»", "<b>«html»</b>", "<a href='«address»'>«html»</a>", "<a href=«address»>«text»"),
    *("<img src='«address»' alt='«text»'>", "<img src=«address» srcset='«address» 2x, «address» 1w'>"),
    *(
        "<script>«any»</script>",
        "<style>«any»",
        "<svg><«word»>«html»</svg>",
        "<math>«any»</math>",
        "<iframe src='«address»'>",
    ),
    *(
        "<table><tr><td>«html»<td style='text-align:«word»'>«text»</table>",
        "<ul><li>«html»<li>«html»",
        "<pre><code>«any»</code></pre>",
    ),
    *(
        "<video src='«address»' poster='«address»'>",
        "<audio controls><source src='«address»' type='«word»'></audio>",
    ),
    *(
        "<h1 id='«word»'>«text»</h1>",
        "<a href='#«word»' id='«word»' onclick='«any»'>«text»</a>",
        "<!--«any»-->",
        "<![CDATA[«any»]]>",
    ),
    *(
        "<«word» «word»='«any»' «word»>«html»</«word»>",
        "<div style='«any»' class='«word»'>«html»</div>",
        "<details><summary>«html»</summary>«html»",
    ),
    *(
        "<figure><img src='«address»'><figcaption>«html»</figcaption></figure>",
        "<noscript><img src='«address»'></noscript>",
    ),
    *(
        "<html><head><title>«text»</title></head><body>«html»</body></html>«html»",
        "</body></html>«html»",
        "<base href='«address»'>«html»",
    ),
    *(
        "<input type=checkbox checked>«text»",
        "<blockquote>«html»</p>",
        "<template>«html»",
        "<picture><source srcset='«address»'><img src='a.png'>",
    ),
    *(
        "<p>«html»</div>«html»",
        "<object data='«address»'>«html»</object>",
        "<plaintext>«html»",
        "<!DOCTYPE html>«html»",
        "«html» «html»",
    ),
]
_REST = [
    *(
        "«text»",
        "«text»\n====\n",
        "====\n«word»\n====",
        "* «text»\n\n  * «rest»",
        "1. «text»\n#. «text»",
        ":«word»: «text»",
    ),
    *(
        ".. image:: «address»\n   :alt: «text»\n   :width: «scalar»",
        ".. figure:: «address»\n\n   «text»",
        ".. «word»:: «scalar»\n   :«word»: «scalar»\n\n   «text»",
    ),
    *(
        "`«text» <«address»>`_",
        "`«word»`__",
        ".. _«word»: «address»",
        "|«word»|",
        ".. |«word»| image:: «address»",
        ".. |x| replace:: |x|",
    ),
    *(
        ":«word»:`«text»`",
        ":math:`«any»`",
        ".. code:: «word»\n\n   «any»",
        "::\n\n   «any»",
        "``«any»``",
        "[«word»]_",
        ".. [#] «text»",
        "[#]_",
    ),
    *(
        "+---+---+\n| «word» | b |\n+---+---+",
        "=== ===\na   «word»\n=== ===",
        '.. csv-table::\n\n   «scalar», "«text»',
        ".. list-table::\n\n   * - «text»",
    ),
    *(
        ".. include:: /etc/passwd",
        ".. raw:: html\n\n   «html»",
        ".. role:: «word»(«word»)",
        ".. contents::\n   :depth: «scalar»",
        ".. sectnum::",
        ".. target-notes::",
    ),
    *(
        ".. default-role:: «word»",
        ".. class:: «scalar»",
        ".. unicode:: «scalar»",
        ".. |d| date:: «scalar»",
        ".. parsed-literal::\n\n   «rest»",
        "«rest»\n\n«rest»",
    ),
    *(
        ".. note::\n\n   «rest»",
        ".. admonition:: «text»\n\n   «rest»",
        ".. epigraph::\n\n   «text»\n\n   -- «text»",
        "| «text»\n|  «text»",
        ">>> «any»",
        "-a  «text»\n--«word»=«word»  «text»",
    ),
]
_TAG = [
    *(
        "{{ «expression» }}",
        "{{ «expression» | «filter» | «filter» }}",
        "{% «word» «expression» %}",
        "{{< «shortcode» >}}",
        "{{% «shortcode» %}}",
    ),
    *(
        "{% if «expression» %}«any»{% elsif «expression» %}«any»{% else %}«text»{% endif %}",
        "{% for «word» in «expression» %}{{ «word» }}{% endfor %}",
    ),
    *(
        "{% raw %}«any»{% endraw %}",
        "{% highlight «word» linenos %}\n«any»\n{% endhighlight %}",
        "{% capture «word» %}«any»{% endcapture %}",
        "{# «any» #}",
    ),
    *(
        "{% include «word».html «word»=«expression» %}",
        "{% link «address» %}",
        "{% post_url «scalar» %}",
        "{% asset_img «address» «text» %}",
        "{% post_link «word» «text» %}",
    ),
    *(
        "{{< figure src=«expression» caption=«expression» >}}",
        "{{< ref «expression» >}}",
        "{{</* «shortcode» */>}}",
        "{{< «word» >}}«any»{{< /«word» >}}",
    ),
    *(
        "{{ «word»(«word»=«expression», «word»=«expression») }}",
        "{% «word»() %}«any»{% end %}",
        "{% set «word» = «expression» %}",
        "{% macro «word»(«word») %}«any»{% endmacro %}",
    ),
    *(
        "{%- comment -%}«any»{%- endcomment -%}",
        "{% youtube «scalar» %}",
        "{{< youtube id=«expression» >}}",
        "{{",
        "{%",
        "%}",
        "{{ '",
        "{{< ",
        "{% raw %}",
        "{{{«word»}}}",
    ),
    *(
        "{% assign «word» = «expression» | «filter» %}{{ «word» }}",
        "{% unless «expression» %}«any»{% endunless %}",
        "{% case «word» %}{% when «expression» %}«any»{% endcase %}",
    ),
    *(
        "{% codeblock «word» lang:«word» %}«any»{% endcodeblock %}",
        "{% cycle «expression», «expression» %}",
        "{% tablerow «word» in («scalar»..«scalar») %}",
        "{% img «word» «address» «scalar» %}",
    ),
]
_JSX = [
    *(
        "«text»",
        "<«component» «word»={«any»} />",
        "<«component» {...«word»}>«markdown»</«component»>",
        "import «word» from '«address»'",
        "export const «word» = {«any»}",
    ),
    *(
        "{/* «any» */}",
        "{«word» ? <p>«text»</p> : `«any»${«word»}`}",
        "<>«markdown»</>",
        "<«component»",
        "</«component»>",
        "{«jsx»",
        "«jsx»\n\n«jsx»",
        "<Image src={«word»} alt='«text»' />",
    ),
]
PRODUCTIONS: Mapping[str, Sequence[str]] = {
    "word": [
        *"a b c title image note figure site.title page.url baseurl x.y 한 T url raw end _ - 9".split(),
        *"class id href".split(),
        *_WORDS,
    ],
    "text": [
        "«word»",
        "«word» «word»",
        "«word» «word» «word»",
        "«text» «text»",
        "«word»\n«word»",
        "«text», «nasty»",
    ],
    "any": [
        "«word»",
        "«nasty»",
        "«odd»",
        "«text»",
        "«markdown»",
        "«html»",
        "«tag»",
        "«rest»",
        "«scalar» «any»",
    ],
    "address": [
        *ADDRESSES,
        "a.png",
        "sub/ü b.jpg",
        "other.md",
        "/a/b/",
        "../x.md#y",
        "https://e.org/?a=1&b=2",
        "#«word»",
        "{{ site.url }}/«word»",
        "a«odd»",
        "data:image/png;base64,AAAA",
        "@/a.md",
        "{filename}/a.md",
    ],
    "scalar": SCALARS,
    # Those that are long are dear.
    "odd": ["a", *[each for each in ODD if len(each) < 40] * 3, *ODD],
    "nasty": ["a", *[each for each in NASTY if len(each) < 40] * 3, *NASTY],
    "markdown": _MARKDOWN,
    "html": _HTML,
    "rest": _REST,
    "tag": _TAG,
    "jsx": _JSX,
    "component": ["Box", "Chart.Pie", "Image", "a-b", "T", "figure", "Tabs", "«word»"],
    "shortcode": [
        "«word»",
        "«word» «expression»",
        "«word» «word»=«expression» «word»='«text»'",
        "/«word»",
        "«word» `«any»`",
        "figure src='«address»'",
    ],
    "expression": [
        "«word»",
        "'«text»'",
        '"«word»"',
        "«scalar»",
        "«word»[«expression»]",
        "«word».«word»",
        "«expression» == «expression»",
        "«expression» and «expression»",
        "(«scalar»..«scalar»)",
        "'«address»'",
        "«nasty»",
    ],
    "filter": [
        "«word»",
        *"escape absolute_url relative_url date:'%s%Z' size first".split(),
        *"join upcase url_encode jsonify safe markdownify".split(),
        "default: «expression»",
        "append: «expression»",
        "replace: «expression», «expression»",
        "slice: «scalar», «scalar»",
        "truncate: «scalar»",
        "divided_by: «scalar»",
        "date: «expression»",
        "times: «scalar»",
    ],
}
