"""Names of authors for reference lists: divided into family and given name only where that is beyond doubt.

A name that stays whole is printed as it stands, which is never wrong; one that is divided in the wrong place is.
"""

from __future__ import annotations

import re
import unicodedata

from engine.export.printable import one_line

_MOST_AUTHORS = 100
_LONGEST_NAME = 200
_MAIL = re.compile(r"\s*[<(\[]?\s*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*[>)\]]?")
_PLACE = re.compile(r"(?:https?:|www\.)\S*|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}(?:/\S*)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’‘\-‐‑][^\W\d_]+)*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}\.?|(?:[^\W\d_]\.){1,4}")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|i{2,3}|iv", re.IGNORECASE)
_PARTICLES = frozenset(
    """af al da das de degli del della den der des di do dos du el la las le lo los of ten ter van vom von zu zum
    zur""".split()
)
_BODIES = frozenset(
    """academy administration agency alliance american archive archives art army asia association associated associates
    author authority authors bank board britannica british broadcasting brothers bureau business center centre channel
    chronicle church city club collective college commission committee community company conference consortium
    contributor contributors corporation correspondent council country court daily department desk digital division
    editor editorial editors encyclopedia encyclopaedia english european faculty federation foundation france french
    fund gazette german global government group guardian guest health herald history house inc independent information
    initiative institute institut international journal journalism laboratory labs law library limited ltd magazine
    media medicine ministry museum music nation national nations nature network networks news newspaper newsroom office
    online organisation organization party people photo planet post press programme program project projects public
    publications publishers publishing radio red redaktion register reporter reporters research review rights royal
    school science sciences secretariat service services society space sport sports staff standards state states
    station street studio studios studies survey system systems team tech technology technologies television the times
    today tribune trust union united universe university universität université verlag voice washington water web
    week weekly wiki wikipedia wire world writer writers your gmbh museo universidad università ministerium""".split()
)
"""Words of which no person is called, or hardly one: they tell an editorial office from two names."""
_TITLES = frozenset("ba bsc dphil dr esq jd llb llm ma mba md mph mphil mr mrs ms msc obe phd prof rn".split())
_FAMILY_FIRST = frozenset(
    """bai cai cao chang chen cheng choi chung dang deng ding dinh dong du duan fan fang feng fu gao gong gu guo ha han
    hao he ho hoang hong hou hu huang huynh hwang jang jeong jia jiang jin jung kang kim kong lai lam le lee lei li
    liang liao lim lin ling liu long lu luo lyu ma mao meng mo mu ngo nguyen ni niu pan pang park peng pham phan qi
    qian qiao qin qiu ren rhee shao shen shi shin song su sun tan tang tao tian tran tsai wan wang wei wen wu xi xia
    xiang xiao xie xin xiong xu xue yan yang yao ye yi yin yoo yoon you yu yuan zeng zhai zhan zhang zhao zheng zhong
    zhou zhu zhuang zou""".split()
)
"""Family names that often stand first, so that the last word cannot be taken for one."""
_FAMILY_FIRST_LANGUAGES = frozenset({"hu", "ja", "km", "ko", "vi", "zh"})


def csl_names(authors: tuple[str, ...], *, language: str = "") -> list[dict[str, str]]:
    """Return authors as CSL names: ``family`` and ``given`` (and ``suffix``) where that is certain, else ``literal``.

    Addresses, of people and of web sites, are no names and are left out.

    Args:
        authors: as stated, one name each.
        language: of the document, as stated; of some, family names stand first.
    """
    names = []
    for author in authors[:_MOST_AUTHORS]:
        stated = _MAIL.sub("", one_line(author[: 4 * _LONGEST_NAME])).strip(" ,")[:_LONGEST_NAME]
        if any(character.isalnum() for character in stated) and not _PLACE.fullmatch(stated):
            name = csl_name(stated, language=language)
            if name not in names:
                names.append(name)
    return names


def csl_name(stated: str, *, language: str = "") -> dict[str, str]:
    """Return one name as CSL has it; see ``csl_names``."""
    parts = [part.strip() for part in stated.split(",")]
    if len(parts) in (2, 3) and all(parts):
        name = _inverted(parts)
    elif len(parts) == 1 and language.partition("-")[0].casefold() not in _FAMILY_FIRST_LANGUAGES:
        name = _in_order(stated.split())
    else:
        name = None
    return name if name is not None else {"literal": stated}


def _inverted(parts: list[str]) -> dict[str, str] | None:
    """``Family, Given`` and ``Family, Given, Jr.``"""
    family, given, suffix = parts[0], parts[1], parts[2] if len(parts) == 3 else ""
    if (suffix and not _SUFFIX.fullmatch(suffix)) or _SUFFIX.fullmatch(given) or _is_body(family) or _is_body(given):
        return None
    families, givens = family.split(), given.split()
    if not all(_is_name(word) or word.casefold() in _PARTICLES for word in families):
        return None
    if not all(_is_name(word) or _is_initials(word) or word.casefold() in _PARTICLES for word in givens):
        return None
    # Two full names with a comma between them are two people, unless something tells: an initial, a particle.
    is_told = any(_is_initials(word) for word in givens) or any(word.islower() for word in (*families, *givens))
    if len(families) > 1 and len(givens) > 1 and not is_told:
        return None
    if len(givens) > 4 or len(families) > 4 or (given.isupper() and len(given) > 3 and not family.isupper()):
        return None
    return {"family": family, "given": given} | ({"suffix": suffix} if suffix else {})


def _in_order(words: list[str]) -> dict[str, str] | None:
    """``Given Family``, ``Given M. Family``, ``G. M. Family`` and ``Given van der Family`` in Latin letters."""
    if not 2 <= len(words) <= 6 or _is_body(" ".join(words)) or not all(_is_latin(word) for word in words):
        return None
    last = words[-1]
    if not _is_name(last) or _SUFFIX.fullmatch(last) or (last.isupper() and len(last) > 1):
        return None
    if any(word.casefold() in _FAMILY_FIRST for word in words):
        return None
    first = 1
    while first < len(words) - 1 and _is_initials(words[first]):
        first += 1
    between = words[first:-1]
    if not all(word in _PARTICLES for word in between):
        return None  # ``Gabriel García Márquez``: no rule tells where the family name begins
    if not (_is_initials(words[0]) or (_is_name(words[0]) and not (words[0].isupper() and len(words[0]) > 1))):
        return None
    return {"family": " ".join((*between, last)), "given": " ".join(words[:first])}


def _is_name(word: str) -> bool:
    return bool(_WORD.fullmatch(word)) and (word[0].isupper() or not _is_latin(word)) and len(word) > 1


def _is_initials(word: str) -> bool:
    return bool(_INITIALS.fullmatch(word)) and (word.isupper() and ("." in word or len(word) <= 2))


def _is_latin(word: str) -> bool:
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in word if letter.isalpha())


def _is_body(text: str) -> bool:
    """Whether it is an office, or has a title in it of which it is not said what becomes of it."""
    words = (word.casefold().replace(".", "") for word in re.split(r"[\s&/-]+", text))
    return any(word in _BODIES or word in _TITLES for word in words)
