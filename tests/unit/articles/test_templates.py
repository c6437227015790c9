"""Template tags left in a source: known ones resolved, unknown ones gone, code and look-alikes untouched."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.articles.html.clean import parse
from feedsvc.articles.markup.convert import to_html
from feedsvc.articles.templates import Scope, resolve_templates
from feedsvc.model import Markup, Templating
from tests.support.strategies import examples

LIQUID, NUNJUCKS, HUGO, ZOLA = Templating.LIQUID, Templating.NUNJUCKS, Templating.HUGO, Templating.ZOLA
HEXO, PELICAN, MDX, PLAIN = Templating.HEXO, Templating.PELICAN, Templating.MDX, Templating.PLAIN

ARTICLES = {
    "2024-05-01-hello": "https://ex.org/blog/2024/05/01/hello/",
    "_posts/2024-05-01-hello.md": "https://ex.org/blog/2024/05/01/hello/",
    "other.md": "https://ex.org/blog/other/",
}
SCOPE = Scope(
    link=ARTICLES.get,
    title=lambda ref: f"<{ref}>" if ref in ARTICLES else None,
    variables={
        "site.title": "Fish & Chips",
        "site.url": "https://ex.org",
        "site.baseurl": "/blog",
        "page.title": "가을",
    },
    root="https://ex.org",
    base_path="/blog",
    url="https://ex.org/blog/autumn/",
)


def resolved(text: str, templating: Templating, markup: Markup = Markup.MARKDOWN) -> str:
    return resolve_templates(text, templating, SCOPE, markup)[0]


def left(text: str, templating: Templating) -> list[tuple[int, str]]:
    """Return the line of each leftover, and what it is about."""
    leftovers = resolve_templates(text, templating, SCOPE, Markup.MARKDOWN)[1]
    return [(leftover.line, leftover.reason.split("'")[1]) for leftover in leftovers]


WATCH = '<a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a>'
FIGURE = '<figure><img src="/a.png" alt="A"><figcaption>A</figcaption></figure>\n'
PICTURE = '<figure><img src="/a.png" alt="A"></figure>\n'


@pytest.mark.parametrize(
    ("templating", "source", "text"),
    [
        # Links between articles, and addresses
        (LIQUID, "[x]({% post_url 2024-05-01-hello %})", "[x](https://ex.org/blog/2024/05/01/hello/)"),
        (
            LIQUID,
            "[x]({% link _posts/2024-05-01-hello.md %}#a)",
            "[x](https://ex.org/blog/2024/05/01/hello/#a)",
        ),
        (
            LIQUID,
            "{{ site.baseurl }}{% post_url 2024-05-01-hello %}",
            "https://ex.org/blog/2024/05/01/hello/",
        ),
        (LIQUID, "{{site.url}}{{ site.baseurl }}{% link other.md %}", "https://ex.org/blog/other/"),
        (LIQUID, "{% link files/a b.pdf %}", "https://ex.org/blog/files/a%20b.pdf"),
        (LIQUID, "{{ site.baseurl }}/x and {{ '/y/' | relative_url }}", "/blog/x and /blog/y/"),
        (LIQUID, '{{ "/y" | absolute_url }}', "https://ex.org/blog/y"),
        (LIQUID, '{{ "/y" | prepend: site.baseurl | prepend: site.url }}', "https://ex.org/blog/y"),
        (LIQUID, "{{ 'https://b.org/' | relative_url }}", "https://b.org/"),
        (NUNJUCKS, '{{ "/y/" | url }}', "/blog/y/"),
        (HUGO, '[x]({{< ref "other.md#sec" >}})', "[x](https://ex.org/blog/other/#sec)"),
        (HUGO, '[x]({{% relref path="other.md" lang="ko" %}})', "[x](https://ex.org/blog/other/)"),
        (HEXO, "{% post_link other.md#a %}", '<a href="https://ex.org/blog/other/#a">&lt;other.md&gt;</a>'),
        (HEXO, "{% post_link other.md 다른 글 %}", '<a href="https://ex.org/blog/other/">다른 글</a>'),
        (HEXO, "{% post_path other.md %}", "https://ex.org/blog/other/"),
        (HEXO, "{% link Our shop https://b.org/ %}", '<a href="https://b.org/">Our shop</a>'),
        (HEXO, "{% asset_path a.zip %}", "a.zip"),
        # Pictures
        (LIQUID, '{% include figure.html src="/a.png" caption="A" %}', FIGURE),
        (LIQUID, '{% include figure image_path="/a.png" alt="A" %}', PICTURE),
        (LIQUID, '{% include img.liquid path="b/a.png" alt="A" %}', PICTURE.replace("/a", "/blog/b/a")),
        (
            LIQUID,
            '{% include img.html src="https://b.org/a.png" %}',
            '<figure><img src="https://b.org/a.png" alt=""></figure>\n',
        ),
        (HUGO, '{{< figure src="/a.png" title="A" >}}', FIGURE),
        (HUGO, '{{< figure "/a.png" "A" >}}', FIGURE),
        (HUGO, '{{< legacy-img src="/a.png" alt="A" />}}', PICTURE),
        (HUGO, "{{< img src=/a.png alt=`A` >}}", PICTURE),
        (ZOLA, '{{ image(src="/a.png", alt="A") }}', PICTURE),
        (NUNJUCKS, '{% image "/a.png", "A" %}', PICTURE),
        (HEXO, "{% img /a.png 'A' %}", PICTURE),
        (HEXO, "{% asset_img a.png 큰 물결 %}", '<figure><img src="a.png" alt="큰 물결"></figure>\n'),
        (
            HEXO,
            "{% img left /a.png 300 200 'A' %}",
            '<figure><img src="/a.png" alt="A" width="300" height="200"></figure>\n',
        ),
        (
            HUGO,
            '{{< figure src="/a.png" link="/b" caption="*A*, see [b](/b)" attr="Kim" >}}',
            '<figure><a href="/b"><img src="/a.png" alt="A, see b"></a>'
            '<figcaption><em>A</em>, see <a href="/b">b</a> Kim</figcaption></figure>\n',
        ),
        (HUGO, 'Look: {{< img src="/a.png" alt="A" >}} there', 'Look: <img src="/a.png" alt="A"> there'),
        (HUGO, '> {{< img src="/a.png" alt="A" >}}\n> more', f"> {PICTURE}>\n> more"),
        # What stands elsewhere
        (HUGO, "{{< youtube abc >}}", WATCH),
        (LIQUID, '{% include video id="abc" provider="youtube" %}', WATCH),
        (LIQUID, "{% youtube abc %}", WATCH),
        (ZOLA, '{{ youtube(id="abc") }}', WATCH),
        (HUGO, "{{< vimeo 12 >}}", '<a href="https://vimeo.com/12">https://vimeo.com/12</a>'),
        (
            HUGO,
            "{{< gist kim 0a1b2c >}}",
            '<a href="https://gist.github.com/kim/0a1b2c">https://gist.github.com/kim/0a1b2c</a>',
        ),
        (
            HUGO,
            '{{< tweet user="kim" id="12" >}}',
            '<a href="https://twitter.com/kim/status/12">https://twitter.com/kim/status/12</a>',
        ),
        (
            HUGO,
            "{{< instagram a1 >}}",
            '<a href="https://www.instagram.com/p/a1/">https://www.instagram.com/p/a1/</a>',
        ),
        (HUGO, "{{< gist https://g.org/1 >}}", '<a href="https://g.org/1">https://g.org/1</a>'),
        (
            HUGO,
            "{{< gist user=kim id=1 >}}",
            '<a href="https://gist.github.com/kim/1">https://gist.github.com/kim/1</a>',
        ),
        (LIQUID, "{% tweet https://t.org/1 %}", '<a href="https://t.org/1">https://t.org/1</a>'),
        (
            LIQUID,
            "{% youtube https://youtu.be/abc %}",
            '<a href="https://youtu.be/abc">https://youtu.be/abc</a>',
        ),
        (HUGO, '{{< video src="/a.mp4" title="A" >}}', '<a href="/a.mp4">A</a>'),
        (HUGO, "{{< video /a.mp4 >}}", '<a href="/a.mp4">/a.mp4</a>'),
        (LIQUID, "{% embed https://b.org/ %}", '<a href="https://b.org/">https://b.org/</a>'),
        (HEXO, "{% iframe https://b.org/ %}", '<iframe src="https://b.org/"></iframe>'),
        (HEXO, "{% asset_link a.zip 모두 %}", '<a href="a.zip">모두</a>'),
        # Text set apart
        (HUGO, "{{% note %}}Mind **this**.{{% /note %}}", "Mind **this**."),
        (ZOLA, '{% callout(kind="tip") %}Mind this.{% end %}', "Mind this."),
        (NUNJUCKS, "{% callout %}Mind this.{% endcallout %}", "Mind this."),
        (LIQUID, '{% include alert.html text="Mind this." %}', "Mind this.\n"),
        # Values
        (LIQUID, "{{ site.title }}: {{ page.title | upcase }}", "Fish & Chips: 가을"),
        (LIQUID, "{% assign x = page.title | append: '!' %}{{ x }}", "가을!"),
        (LIQUID, "{% capture x %}a{% endcapture %} {{ x }}", "a "),
        (HUGO, '{{< param "title" >}}', "가을"),
        (LIQUID, "{% figure /a.png alt=page.title %}", '<figure><img src="/a.png" alt="가을"></figure>\n'),
        (
            LIQUID,
            '{% img {{ site.baseurl }}/a.png "A" %}',
            '<figure><img src="/blog/a.png" alt="A"></figure>\n',
        ),
        # What is not to be resolved
        (LIQUID, "{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
        (LIQUID, "a{% comment %}b `c{% endcomment %}d", "ad"),
        (NUNJUCKS, "a{# b #}c", "ac"),
        (LIQUID, "a{% # b %}c", "ac"),
        (HUGO, "a{{/* b */}}c", "ac"),
        (LIQUID, "a{% toc %}b", "ab"),
        (LIQUID, "a{% raw %}{{ b }}c", "ac"),
        (
            HEXO,
            "{% codeblock 제목 lang:js %}a{% endcodeblock %}{% codeblock %}b{% endcodeblock %}",
            '<figure><figcaption>제목</figcaption><pre><code class="language-js">a</code></pre></figure>\n'
            "\n<pre><code>b</code></pre>",
        ),
        (LIQUID, "[x]({% link #a %}) [y]({% link https://b.org/ %})", "[x](#a) [y](https://b.org/)"),
        (HUGO, '{{</* ref "x" */>}}', '{{&lt; ref "x" &gt;}}'),
        (ZOLA, "{{/* youtube() */}}", "{{ youtube() }}"),
        # Unknown ones
        (LIQUID, "a {% unknown b %}c{% endunknown %} {{ nothing }}d", "a c d"),
        (LIQUID, "{% if a %}A{% elsif b %}B{% else %}C{% endif %}", "A"),
        (LIQUID, "{% if a %}A{% if b %}{% else %}B{% endif %}{% else %}C{% endif %}D", "AD"),
        (LIQUID, "{% if a %}A{% else %}{% if b %}B{% else %}C{% endif %}D{% endif %}E", "AE"),
        (LIQUID, "{% case a %}{% when 1 %}A{% when 2 %}B{% endcase %}", "A"),
        (LIQUID, "{% if a %}A{% else %}B", "AB"),
        (LIQUID, "{% include_relative a.md %}b", "b"),
        (LIQUID, "{% include figure.html src=page.image %}{% image [1] %}b", "b"),
        (
            LIQUID,
            "{% youtube %}{% gist %}{% tweet a %}{% video a %}{% embed a %}{% iframe a %}{% link %}b",
            "b",
        ),
        (LIQUID, "{% asset_link %}{% asset_path %}{% post_link %}{{ site }}b", "b"),
        (LIQUID, "{% assign x = nothing %}{% assign y %}{{ x }}b", "b"),
        (HUGO, '{{< unknown "a" >}}b{{< /unknown >}}', "b"),
        (HUGO, "{{ keep }} {% keep %}", "{{ keep }} {% keep %}"),
        (ZOLA, "{{ keep }} {{ gone(a=1) }}", "{{ keep }} "),
        (ZOLA, "{% keep %}a{% endkeep %} {% gone() %}b{% end %}", "{% keep %}a{% endkeep %} b"),
    ],
)
def test_a_tag_becomes(templating: Templating, source: str, text: str) -> None:
    assert resolved(source, templating) == text


@pytest.mark.parametrize("markup", [Markup.MARKDOWN, Markup.HTML])
def test_highlighted_code_is_literal_in_any_markup(markup: Markup) -> None:
    code = '{% highlight ruby %}\n\n  puts "{{ a }}" *b* <c>\n\n  # {% raw %}\n{% endhighlight %}'

    html = to_html(resolved(code, LIQUID, markup), markup)

    shown = html.partition('<pre><code class="language-ruby">')[2].partition("</code></pre>")[0]
    assert "{{" not in shown
    assert "<" not in shown
    assert "*" not in shown
    assert "\n" not in shown  # nothing around it can break it


@pytest.mark.parametrize(
    "code",
    [
        "```\n{{ site.title }}\n```",
        "~~~~ liquid\n```\n{{ site.title }}\n~~~\n{% x %}\n~~~~",
        "- a\n\n  ```\n  {{ site.title }}\n  ```",
        "> ```\n> {{ site.title }}\n> ```",
        "`{{ site.title }}`",
        "`` ` {{ site.title }} ``",
        "a `{{ site.title }}\nb {% x %}` c",
        "<pre>{{ site.title }}\n\n{% x %}</pre>",
        "a <code>{{ site.title }}</code>",
        "<!-- {{ site.title }} -->",
        "```\n{{ unclosed",
        "<script>var a = {{ site.title }}</script>",
    ],
)
@pytest.mark.parametrize("templating", list(Templating))
def test_code_is_not_touched(code: str, templating: Templating) -> None:
    assert resolved(code, templating) == code
    assert left(code, templating) == []


def test_an_indented_block_is_code_but_in_mdx() -> None:
    code = "Text:\n\n    {{ site.title }}\n"

    assert resolved(code, LIQUID) == code
    assert resolved(code, MDX) == "Text:\n\n    Fish & Chips\n"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("\\`{{ page.title }}`", "\\`가을`"),
        ("`a\n\n{{ page.title }}`", "`a\n\n가을`"),
        ("a `` b {{ page.title }} `", "a `` b 가을 `"),
        ("<code>{{ page.title }}", "<code>가을"),
        ("{% link `a %}` {{ page.title }}", "{% link `a %}` 가을"),
        ("- a\n\n    {{ page.title }}", "- a\n\n    가을"),
    ],
)
def test_what_only_looks_like_code_is_resolved(source: str, text: str) -> None:
    assert resolved(source, LIQUID) == text


@pytest.mark.parametrize(
    "source",
    [
        "{% raw %}\n```\n{{ a }}\n{% endraw %}\n{{ page.title }}",
        "{% comment %}\n```\n{% endcomment %}\n{{ page.title }}",
        "{% highlight text %}\n```\n{% endhighlight %}\n{{ page.title }}",
        "- a\n\n  {% highlight text %}\n\n      ```\n  {% endhighlight %}\n\n  {{ page.title }}",
    ],
)
def test_a_fence_within_a_literal_tag_opens_no_code(source: str) -> None:
    assert resolved(source, LIQUID).endswith("가을")


@pytest.mark.parametrize(
    ("templating", "code", "shown"),
    [
        (LIQUID, "`{% link a %}`", "`{% link a %}`"),
        (LIQUID, "```\n{% raw %}\n{{ a }}\n{% endraw %}\n```", "```\n{{ a }}\n```"),
        (LIQUID, "`{% raw %}{{ a }}{% endraw %}`", "`{{ a }}`"),
        (HUGO, '`{{</* ref "a" */>}}`', '`{{< ref "a" >}}`'),
        (HUGO, "`{{/* a */}}`", "`{{/* a */}}`"),
        (
            LIQUID,
            "{% highlight text %}{% raw %}a{% endraw %}{% endhighlight %}",
            '<pre><code class="language-text">a</code></pre>\n',
        ),
    ],
)
def test_code_is_shown_as_the_generator_shows_it(templating: Templating, code: str, shown: str) -> None:
    """Who writes of templates has to keep the generator from running them."""
    assert resolved(code, templating) == shown


@pytest.mark.parametrize(
    "text",
    [
        "RPM writes %{?dist}, C prints {%d}, LaTeX $\\frac{a}{b}$, JSX `{{a: 1}}`, a set {x | x > 0}.",
        "{{double}} in prose about Jinja, {{a: 1}}, {{ 'a' | upcase }}, {{ 42 }}",
        "{% if a %}b{% endif %} and {% unknown %}, {{< unknown >}} and {{% unknown %}}",
        "{# a comment #} {{ }} {% %} {{< >}}",
        "{{ site.title",
        "{{ site.title | unheard_of }}",
    ],
)
def test_what_may_be_no_template_stays(text: str) -> None:
    assert resolved(text, PLAIN) == text
    assert left(text, PLAIN) == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ site.title }}", "Fish & Chips"),
        ("{{ '/x' | url }}", "/blog/x"),
        ("{{< youtube abc >}}", WATCH),
        ("{% note() %}a{% end %}{% end %}", "a{% end %}"),
        ("{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
    ],
)
@pytest.mark.parametrize("templating", [PLAIN, PELICAN])
def test_what_is_known_is_resolved_whatever_the_generator(
    source: str, text: str, templating: Templating
) -> None:
    assert resolved(source, templating) == text


def test_each_kind_of_unknown_tag_is_told_once_with_its_line() -> None:
    source = "a\n{% chart %}\n{{ x.y }}\n{% chart %}\n{{ x.z }}\n{% include map.html %}\n{% post_url gone %}"

    assert left(source, LIQUID) == [
        (1, "{% chart %}"),
        (2, "{{ x.y }}"),
        (5, "{% include map.html %}"),
        (6, "gone"),
    ]


def test_a_reference_to_nothing_leads_to_its_path_on_the_website() -> None:
    assert resolved("[x]({{< ref gone.md >}})", HUGO) == "[x](https://ex.org/blog/gone.md)"
    assert resolved("{% link ../a#한 %}", LIQUID) == "https://ex.org/blog/a#%ED%95%9C"
    assert left("{% link a.pdf %}", LIQUID) == []  # a file, no article


def test_a_block_does_not_swallow_the_markdown_below_it() -> None:
    html = to_html(
        resolved("- {{< figure src=a.png >}}\n  **b**\n\n{{< figure src=c.png >}} **d**", HUGO),
        Markup.MARKDOWN,
    )

    assert html.count("<strong>") == 2
    assert "**" not in html


def test_a_page_that_is_a_file_has_its_pictures_in_a_folder_of_its_name() -> None:
    """Hexo strips `.html` of the permalink to have the place of an article's assets."""
    scope = Scope(url="https://ex.org/2024/autumn.html")

    text, _ = resolve_templates("{% asset_path a.png %}", HEXO, scope, Markup.MARKDOWN)

    assert text == "autumn/a.png"


def test_restructured_text_has_no_template_tags() -> None:
    assert resolved("{{ site.title }}", LIQUID, Markup.REST) == "{{ site.title }}"


@pytest.mark.parametrize(
    ("templating", "source", "html"),
    [
        (HEXO, "{% blockquote %}\n**말**\n{% endblockquote %}", "<p><strong>말</strong></p>"),
        (
            HEXO,
            "{% blockquote 이순신, 난중일기 %}\na\n\nb\n{% endblockquote %}\nc",
            "<p>a</p><p>b</p><p><strong>이순신</strong>, <cite>난중일기</cite></p>",
        ),
        (
            HEXO,
            "{% quote 'Ann' https://ex.org/a The sea %}a{% endquote %}",
            '<p>a</p><p><strong>Ann</strong>, <cite><a href="https://ex.org/a">The sea</a></cite></p>',
        ),
        (HEXO, "{% pullquote left %}\na\n{% endpullquote %}", "<p>a</p>"),
        (HUGO, '{{< quote author="Ann" >}}\na\n{{< /quote >}}', "<p>a</p><p><strong>Ann</strong></p>"),
        (ZOLA, '{% quote(author="Ann") %}\na\n{% end %}', "<p>a</p><p><strong>Ann</strong></p>"),
    ],
)
def test_a_quotation_stays_one_and_says_whose_it_is(templating: Templating, source: str, html: str) -> None:
    made = parse(to_html(resolved(source, templating), Markup.MARKDOWN))

    assert made.blockquote is not None
    assert re.sub(r"\n", "", made.blockquote.decode_contents()) == html


def test_a_quotation_without_an_end_swallows_nothing() -> None:
    assert resolved("{% blockquote Ann %}\na", HEXO) == "\na"


def test_a_tag_that_is_never_closed_does_not_keep_another_open() -> None:
    source = "{% quote Ann %}\n{% note %}a\n{% endquote %}\nb"

    assert resolved(source, HEXO).count("</blockquote>") == 1


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('{{< figure src="/a.png" title="T" caption="C" >}}', "<strong>T</strong> C"),
        ('{{< figure src="/a.png" title="T" caption="T" >}}', "T"),
        ('{{< figure src="/a.png" caption="A List<T> of <b>all</b>" >}}', "A List&lt;T&gt; of <b>all</b>"),
        ('{{< figure src="/a.png" title="T" >}}', "T"),
    ],
)
def test_a_figure_has_a_title_and_a_caption(source: str, shown: str) -> None:
    assert f"<figcaption>{shown}</figcaption>" in resolved(source, HUGO)


def test_a_name_that_only_a_theme_knows_is_no_picture() -> None:
    assert resolved('{{< img src="some-id" >}}', HUGO) == ""
    assert left('{{< img src="some-id" >}}', HUGO) == [(0, "{{< img >}}")]


def test_a_listing_may_have_a_title_with_a_link() -> None:
    source = "{% codeblock 배열 lang:js https://ex.org/a 더 보기 %}a{% endcodeblock %}"

    caption = '배열 <a href="https://ex.org/a">더 보기</a>'
    assert f"<figcaption>{caption}</figcaption>" in resolved(source, HEXO)


def test_who_has_no_templates_has_no_tags() -> None:
    """Not even known ones, as in an article about them."""
    source = "{% raw %}{{ site.title }}{% endraw %} {{< youtube abc >}}"

    assert resolved(source, Templating.NONE) == source


@pytest.mark.parametrize("source", ['{{ "큰 소리" | shout }}', '{{ "now" | date: "%Y" }}', "{{ 3 | fib }}"])
def test_a_constant_is_not_shown_without_what_is_made_of_it(source: str) -> None:
    assert resolved(f"a{source}b", LIQUID) == "ab"
    assert len(left(source, LIQUID)) == 1


@pytest.mark.parametrize("templating", [HEXO, HUGO])
def test_a_diagram_is_a_listing(templating: Templating) -> None:
    opening, closing = ("{% mermaid %}", "{% endmermaid %}")
    if templating is HUGO:
        opening, closing = ("{{< mermaid >}}", "{{< /mermaid >}}")

    made = resolved(f"{opening}\ngraph\n{closing}", templating)

    assert made.strip() == '<pre><code class="language-mermaid">graph</code></pre>'


def test_a_value_that_holds_itself_twice_does_not_grow_for_ever() -> None:
    """Forty lines would fill a machine."""
    source = "{% assign x = site.title | append: x %}" + "{% assign x = x | append: x %}" * 60 + "{{ x }}" * 9

    assert len(resolved(source, LIQUID)) < 5_000_000


# MDX


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("import Box from './box'\n\nText", "\n\nText"),
        ("import {\n  A, B\n} from 'x';\nText", "\nText"),
        ("import taxes are high", "import taxes are high"),
        ("export const a = {\n\n  b: 1\n}\nText", "\nText"),
        ("exports rise", "exports rise"),
        ('<Box level="info">Inner **text**</Box>', "Inner **text**"),
        ("<Chart data={[1,2]} />", ""),
        ("<>a</>", "a"),
        ("<Box>\n      a\n\n      ```\n      b\n      ```\n</Box>", "\na\n\n```\nb\n```\n"),
        ('<Figure src="/a.png" caption="A" />\nText', f"{FIGURE}\nText"),
        (
            "import a from './a.png'\n<Image src={a} alt='A' />",
            '\n<figure><img src="./a.png" alt="A"></figure>',
        ),
        ("<Image src={require('./a.png')} alt='A' />", '<figure><img src="./a.png" alt="A"></figure>'),
        ('<YouTube id="abc" />', WATCH),
        ('<Link to="/a">b</Link>', '<a href="/a">b</a>'),
        ('<p className="a" style={{color: "red"}}>b</p>', '<p class="a">b</p>'),
        ("<p>b</p> <b {...a}>c</b>", "<p>b</p> <b>c</b>"),
        ("{/* a */}b", "b"),
        ("{'a'} {`b`} {page.title}", "a b 가을"),
        ("## Head {#head}\n\n$\\frac{a}{b}$ {x | x > 0}", "## Head {#head}\n\n$\\frac{a}{b}$ {x | x > 0}"),
        ("{1 + 1} {items.map(i => <li>{i}</li>)} a {open && <p>c</p>}", "  a "),
        ("a < b, <https://ex.org>, <Unclosed", "a < b, <https://ex.org>, <Unclosed"),
        ("`<Box>` {", "`<Box>` {"),
        ("a</Box> <Box a", "a <Box a"),
    ],
)
def test_of_mdx_only_markdown_is_left(source: str, text: str) -> None:
    assert resolved(source, MDX) == text


def test_unknown_components_are_told_once() -> None:
    assert left("<A1>a</A1>\n<B1/> {c.d}\n<A1/>", MDX) == [(0, "<A1>"), (1, "<B1>"), (1, "{c.d}")]


# Whatever it is

TAGS = (
    "{{ }} {% %} {{< >}} {{% %}} {# #} raw endraw highlight endhighlight if else endif note /note end include"
)
REST = "figure src= ' \" ( ) | url site.title < > </ /> <pre> </pre> <Box {a} import 가을 \\ $ ` ``` ~~~ -"
BITS = st.sampled_from([*TAGS.split(), *REST.split(), "\n", "\n\n", "\n    "])


@settings(max_examples=examples(300))
@given(st.lists(BITS, max_size=40).map(" ".join), st.sampled_from(Templating), st.sampled_from(Markup))
def test_any_text_gives_text(text: str, templating: Templating, markup: Markup) -> None:
    again, _ = resolve_templates(text, templating, SCOPE, markup)

    assert (again == text) or markup is not Markup.REST


@pytest.mark.parametrize(
    "unit",
    [
        "{{ ",
        "{% ",
        "{% x %}",
        "`{{ ",
        "{% highlight x %}",
        "{% raw %}{% endraw %}",
        "{{< figure src='a.png' >}}",
        "{% x \"' %}",
        "{% if a %}{% else %}",
        "<pre>{{ x }}",
        "{{ x | y }}",
        "<A b={",
        "<A {",
        "{ a ",
        "import a\n",
    ],
)
@pytest.mark.parametrize("templating", [LIQUID, HUGO, MDX])
def test_time_is_linear(unit: str, templating: Templating) -> None:
    """A megabyte of it would take hours, were it quadratic."""
    source = unit * (200_000 // len(unit))

    assert len(resolved(source, templating)) <= 3 * len(source)
