import pytest

from engine.citations.checking.check import check
from engine.citations.checking.numerals import cjk_number, plain_text, roman_number


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("It has 1,200 members.", "会員は千二百人。"),
        ("It has 1,200 members.", "会员一千二百人"),
        ("It has 12,000 members.", "会员有一万二千人"),
        ("It has 12,000 members.", "1.2万人の会員"),
        ("It has 1,200 members.", "１２００人の会員"),
        ("It has 1,200 members.", "١٬٢٠٠ عضو"),
        ("It opened on 20 July 1851.", "一八五一年七月二十日开馆"),
        ("It opened on 20 July 1851.", "１８５１年７月２０日"),
        ("It opened on 20 July 1851.", "٢٠ يوليو ١٨٥١"),
        ("It opened on 20 July 1851.", "20-Jul-1851"),
        ("It opened on 20 July 1851.", "20. VII. 1851"),
        ("It is 3 percent.", "百分之三"),
        ("It is 3 percent.", "三パーセント"),
        ("It was in the 19th century.", "c'était au XIXe siècle"),
        ("It was in the 19th century.", "en el siglo XIX"),
        ("It lasted from 1914 to 1918.", "1914–18"),
        ("It opened at 14:30.", "ouvert à 14h30"),
        ("It is −5 °C.", "It is minus 5 °C."),
        ("It is -5 degrees Celsius.", "It is 5 degrees Celsius below zero."),
        ("It has 2.5 million people.", "It has two and a half million people."),
        ("There are 1.2 million cells.", "1.2 × 10⁶ cells"),
        ("There are 1.2 × 10^6 cells.", "There are 1,200,000 cells."),
    ],
)
def test_the_same_in_another_script_or_form_is_the_same(text: str, passage: str) -> None:
    assert check(text, [passage]).findings == ()


@pytest.mark.parametrize(
    ("text", "passage"),
    [
        ("It has 1,300 members.", "会員は千二百人。"),
        ("It opened on 21 July 1851.", "一八五一年七月二十日开馆"),
        ("It is 4 percent.", "百分之三"),
        ("It was in the 18th century.", "c'était au XIXe siècle"),
        ("It lasted from 1914 to 1919.", "1914–18"),
        ("It opened on 20 August 1851.", "20. VII. 1851"),
        ("It opened at 14:35.", "ouvert à 14h30"),
        ("It is 5 °C.", "It is minus 5 °C."),
        ("There are 12 million cells.", "1.2 × 10⁶ cells"),
    ],
)
def test_something_else_in_another_script_is_found(text: str, passage: str) -> None:
    assert check(text, [passage]).findings


def test_numerals_have_values() -> None:
    found = [cjk_number(one) for one in ("十", "二十", "一八五一", "三億五千万", "x")]
    assert found == [10, 20, 1851, 350_000_000, None]
    assert [roman_number(one) for one in ("IV", "XIX", "xx")] == [4, 19, 20]
    assert plain_text("１٢३") == "123"
