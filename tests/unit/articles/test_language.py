"""The language of a text, by its script."""

import pytest

from feedsvc.text.language import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The quick brown fox", "en"),
        ("Über den Wolken", "en"),  # Latin letters do not tell more
        ("KBS 뉴스는 LG 삼성 SK 소식", "ko"),
        ("한미, 美 장관급 協力", "ko"),
        ("漢字かな混じり文", "ja"),
        ("カタカナ", "ja"),
        ("中文的文章 with words", "zh"),
        ("A long English text that quotes 한글", "en"),
        ("2024 – 100 %", "en"),
        ("", "en"),
    ],
)
def test_the_script_of_most_letters_tells(text: str, language: str) -> None:
    assert guess_language(text) == language


def test_the_beginning_of_a_long_text_is_enough() -> None:
    """Otherwise one appendix would change the language of a book."""
    assert guess_language("가" * 4000 + "a" * 100_000) == "ko"
