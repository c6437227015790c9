"""The head of an article, in each form that people write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.articles.frontmatter.head import FrontMatter, read_front_matter


def head(*lines: str, body: str = "Body.\n") -> FrontMatter:
    return read_front_matter("\n".join(["---", *lines, "---", body]))


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Hello\n---\nBody.\n",
        "--- \ntitle: Hello\n---  \nBody.\n",
        "---\ntitle: Hello\n...\nBody.\n",
        "\ufeff---\ntitle: Hello\n---\nBody.\n",
        '+++\ntitle = "Hello"\n+++\nBody.\n',
        '{\n"title": "Hello"\n}\nBody.\n',
        "Title: Hello\n\nBody.\n",
        "---yaml\ntitle: Hello\n---\nBody.\n",
        '---toml\ntitle = "Hello"\n---\nBody.\n',
        '---json\n\n{"title": "Hello"}\n---\nBody.\n',
    ],
)
def test_each_form_gives_the_same(text: str) -> None:
    front = read_front_matter(text)

    assert front.values == {"title": "Hello"}
    assert front.body == "Body.\n"
    assert front.fault is None


@pytest.mark.parametrize(
    "text",
    [
        "Just a text.\n",
        "---\n\nA ruler opens this text.\n\n---\n\nAnd one divides it.\n",
        "---\nWhat he said: nothing at all\n---\nPoems have rulers.\n",
        "---",
        "{% include nav.html %}\nText.\n",
        "Note: prose may begin like a header.\n\nText.\n",
        "",
    ],
)
def test_a_text_without_a_head_is_all_body(text: str) -> None:
    """A ruler is not a fence: what stands after it may not vanish."""
    front = read_front_matter(text)

    assert (front.values, front.body, front.body_line) == ({}, text, 1)


def test_scalars_stay_what_was_written() -> None:
    """YAML 1.1 would make 1.1, False, 16, 750 and 7 of these."""
    front = head("title: 2024", "tags: [1.10, no, null, 0x10, 12:30]", "author: 007", "date: 2024-02-30")

    assert front.values == {
        "title": "2024",
        "tags": ["1.10", "no", None, "0x10", "12:30"],
        "author": "007",
        "date": "2024-02-30",
    }


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("title: [속보] 오늘의 날씨", "[속보] 오늘의 날씨"),
        ("title: '봄' 축제, 내일 시작", "'봄' 축제, 내일 시작"),
        ("title: Parser: the fast path", "Parser: the fast path"),
        ("title: @home with `code`", "@home with `code`"),
        ("title: *really* good", "*really* good"),
        ("title: %s is a placeholder", "%s is a placeholder"),
        ('title: "C:\\Users\\kim"', "C:\\Users\\kim"),
        ("title: {{ site.title }} news", "{{ site.title }} news"),
    ],
)
def test_a_line_that_yaml_refuses_is_read_as_text_and_the_rest_as_ever(line: str, title: str) -> None:
    front = head("date: 2024-05-01", line, "categories:", "  - News", "excerpt: >", "  Folded", "  text.")

    assert front.values["title"] == title
    assert front.values["date"] == "2024-05-01"
    assert front.values["categories"] == ["News"]
    assert str(front.values["excerpt"]).strip() == "Folded text."
    assert [note for _, note in front.notes if "read line by line" in note]


def test_a_title_that_runs_over_lines_is_its_first_line() -> None:
    front = head("title: 1. First idea", "2. Second idea", "categories:", "  - News")

    assert front.values == {"title": "1. First idea", "categories": ["News"]}


def test_tabs_do_not_cost_the_list() -> None:
    assert head("tags:", "\t- a", "\t- b").values == {"tags": ["a", "b"]}


def test_the_last_of_equal_keys_counts_and_is_reported_with_its_line() -> None:
    front = head("title: First", "title: Last")

    assert front.values == {"title": "Last"}
    assert [line for line, _ in front.notes] == [3]


def test_what_a_comment_cuts_off_is_reported() -> None:
    front = head("title: Issue #42")

    assert front.values == {"title": "Issue"}
    assert front.notes[0][0] == 2
    assert "quotes" in front.notes[0][1]


def test_keys_are_equal_in_every_spelling() -> None:
    assert head("Last-Modified_At: x").values == {"lastmodifiedat": "x"}


def test_keys_that_are_no_text_harm_nobody() -> None:
    assert head("on: push", "1: one", "content: c", "handler: h", "title: T").values["title"] == "T"


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: T\ndate: '2024-05-01'\n---\n",
        '---\ntitle: T\ndate: "2024-05-01"\n---\n',
        '---\ntitle: A: B\ndate: "2024-05-01"\n---\n',
        '+++\ntitle = 1\ndate = "2024-05-01"\n+++\n',
        '{"title": null, "date": "2024-05-01"}\n',
    ],
)
def test_a_date_in_quotes_is_known_from_one_that_is_a_timestamp(text: str) -> None:
    """Generators read the two in different zones."""
    assert read_front_matter(text).quoted == {"date"}
    assert not read_front_matter("+++\ndate = 2024-05-01\n+++\n").quoted


def test_tags_construct_nothing() -> None:
    front = head("title: T", "x: !!python/object/apply:os.system [echo]", "y: !ruby/object:Foo {}")

    assert front.values["x"] == ["echo"]


def test_an_alias_is_its_anchors_value() -> None:
    front = head("image: &i /p.jpg", "cover: *i", "extra: {<<: {a: 1}, b: 2}")

    assert front.values["cover"] == "/p.jpg"
    assert front.values["extra"] == {"a": "1", "b": "2"}


def test_a_bomb_of_aliases_is_defused() -> None:
    bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"] + [
        f"{key}: &{key} [{','.join(f'*{below}' for _ in range(9))}]"
        for below, key in zip("abcdefgh", "bcdefghi", strict=True)
    ]

    front = head("title: T", *bomb)

    assert front.values["title"] == "T"
    assert front.notes


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\ntitle: Forgot the end\n\nBody.\n", 1),
        ('+++\ntitle = "x"\ndate = \n+++\nBody.\n', 3),
        ('{\n"title": x\n}\nBody.\n', 2),
        ("---\ntitle: x\ntext: " + "a" * 70_000 + "\n---\nBody.\n", 1),
        ('{"a":' * 100_000, 1),
        ('---json\n{\n"title": x}\n---\nBody.\n', 3),
        ('---json\n{"title": "x"} {}\n---\nBody.\n', 2),
        ('---json\n["title"]\n---\nBody.\n', 2),
        ("+++\na = " + "[" * 30_000 + "\n+++\n", 1),
    ],
)
def test_a_head_that_cannot_be_read_is_a_fault_with_its_line(text: str, line: int) -> None:
    front = read_front_matter(text)

    assert front.fault is not None
    assert front.fault[0] == line


def test_toml_and_json_values_become_text_too() -> None:
    toml = read_front_matter("+++\ndate = 2024-05-01T09:00:00+09:00\ndraft = true\n[extra]\nn = 1.5\n+++\n")
    json = read_front_matter('{"title": 1.10, "draft": false, "tags": [1, null]}\n')

    assert toml.values == {"date": "2024-05-01T09:00:00+09:00", "draft": "true", "extra": {"n": "1.5"}}
    assert json.values == {"title": "1.10", "draft": "false", "tags": ["1", None]}


def test_the_body_keeps_its_indentation_and_its_rulers() -> None:
    front = head("title: T", body="    code first\n\n---\n\nafter\n")

    assert front.body == "    code first\n\n---\n\nafter\n"
    assert front.body_line == 4


@given(st.text(alphabet=st.sampled_from("-+{}:\n\t \"'[]&*!a1#|>"), max_size=200))
def test_any_text_is_split_without_an_exception(text: str) -> None:
    front = read_front_matter(f"---\n{text}")

    assert front.fault or f"---\n{text}".endswith(front.body)


def test_a_list_that_is_not_closed_is_reported_where_it_begins() -> None:
    front = head("title: T", "tags: [x, y", "date: 2024-05-01")

    assert front.values["tags"] == "[x, y"
    assert [line for line, _ in front.notes] == [3]


def test_a_key_that_stands_twice_in_json_is_reported_with_its_line() -> None:
    front = read_front_matter('{"title": "A", "x": [{"a": 1}, {"a": "title\\": {"}],\n"title": "B"}\nText.\n')

    assert front.values["title"] == "B"
    assert front.lines["title"] == 2
    assert [(line, note.partition(" stands")[0]) for line, note in front.notes] == [(2, "'title'")]


def test_every_key_of_toml_has_its_line() -> None:
    head = [
        *("+++", 'title = "T"', '"Pub Date" = 2024-05-01', "# no = 1", 'text = """', "image = 1", '"""'),
        *("extra.image = 1", "[taxonomies]", "  tags = []", '[ "extra" . sub ] # x', "a_b = 1", "[[menu]]"),
        *("name = 1", "+++"),
    ]

    assert read_front_matter("\n".join(head)).lines == {
        "title": 2,
        "pubdate": 3,
        "text": 5,
        "extra.image": 8,
        "taxonomies": 9,
        "taxonomies.tags": 10,
        "extra.sub": 11,
        "extra.sub.ab": 12,
        "menu": 13,
        "menu.name": 14,
    }


def test_every_key_of_json_has_its_line() -> None:
    front = read_front_matter('{"title": "T", "date": 1,\n\n"Extra": {\n"image": "x"}, "tags": []}\n')

    assert front.lines == {"title": 1, "date": 1, "extra": 3, "extra.image": 4, "tags": 4}
