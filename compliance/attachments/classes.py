"""Recognize risks and aspects in lists: by code (`A.1.a`) or by Chinese name, in full or half width."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from types import MappingProxyType

from compliance.dossier.codes import ASPECTS
from compliance.dossier.risks import RISKS

_CODE = re.compile(r"(?<![A-Z])A[.\-_ ]?([1-5])[.\-_ ]?[(（]?([A-I])(?![A-Z])", re.IGNORECASE)
_GROUP = re.compile(r"(?<![A-Z])A[.\-_ ]?([1-5])(?!\d)", re.IGNORECASE)
_LETTER = re.compile(r"[(]?([a-i])(?:[)、:\s]|[.](?!\d))", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[(]?[a-z0-9一二三四五六七八九十]{1,2}[).、:]\s*)+", re.IGNORECASE)
_AROUND_ASPECTS = re.compile("^(?:我国|中国|国家)|(?:相关|方面|问题|类)+$")
_PUNCTUATION = re.compile(r"[\s、，,。.;；:：/\-—()（）【】\[\]“”\"']+")

# First-level names of Appendix A, by a characteristic part of the name.
_GROUP_NAMES = MappingProxyType(
    {"核心价值观": "A.1", "歧视": "A.2", "商业违法": "A.3", "合法权益": "A.4", "特定服务": "A.5", "安全需求": "A.5"}
)
# Short forms of second-level names in use, in addition to the full names.
_ALIASES = MappingProxyType(
    {
        "A.1.a": ("煽动颠覆国家政权", "颠覆国家政权", "推翻社会主义制度"),
        "A.1.b": ("危害国家安全和利益", "危害国家安全", "损害国家形象"),
        "A.1.c": ("煽动分裂国家", "分裂国家", "破坏国家统一和社会稳定", "破坏国家统一"),
        "A.1.d": ("宣扬恐怖主义", "宣扬极端主义", "恐怖主义", "极端主义", "恐怖主义极端主义"),
        "A.1.e": ("民族仇恨",),
        "A.1.f": ("宣扬暴力", "宣扬淫秽色情", "暴力淫秽色情", "暴力", "淫秽色情", "色情"),
        "A.1.g": ("虚假有害信息", "传播虚假信息", "虚假信息"),
        "A.1.h": ("其他法律法规禁止的内容", "其他法律行政法规禁止内容", "其他"),
        "A.2.a": ("民族歧视", "民族"),
        "A.2.b": ("信仰歧视", "信仰"),
        "A.2.c": ("国别歧视", "国别", "国籍歧视", "国籍"),
        "A.2.d": ("地域歧视", "地域"),
        "A.2.e": ("性别歧视", "性别"),
        "A.2.f": ("年龄歧视", "年龄"),
        "A.2.g": ("职业歧视", "职业"),
        "A.2.h": ("健康歧视", "健康"),
        "A.2.i": ("其他方面歧视", "其他歧视", "其他"),
        "A.3.a": ("侵犯知识产权", "知识产权"),
        "A.3.b": ("商业道德",),
        "A.3.c": ("泄露商业秘密", "商业秘密", "侵犯商业秘密"),
        "A.3.d": (
            "利用算法数据平台等优势实施垄断和不正当竞争行为",
            "垄断和不正当竞争行为",
            "垄断和不正当竞争",
            "不正当竞争",
        ),
        "A.3.e": ("其他商业违法违规", "其他"),
        "A.4.a": ("身心健康", "危害身心健康"),
        "A.4.b": ("侵害肖像权", "侵犯肖像权", "侵犯他人肖像权", "肖像权"),
        "A.4.c": ("侵害名誉权", "侵犯名誉权", "侵犯他人名誉权", "名誉权"),
        "A.4.d": ("侵害荣誉权", "侵犯荣誉权", "侵犯他人荣誉权", "荣誉权"),
        "A.4.e": ("侵害隐私权", "侵犯隐私权", "侵犯他人隐私权", "隐私权"),
        "A.4.f": ("侵害个人信息权益", "侵犯个人信息权益", "侵犯他人个人信息权益", "个人信息权益", "个人信息"),
        "A.4.g": ("侵犯其他合法权益", "侵害他人其他合法权益", "其他合法权益", "其他"),
        "A.5.a": ("内容不准确严重不符合科学常识或主流认知", "不准确"),
        "A.5.b": ("内容不可靠虽不含严重错误但无法对使用者形成帮助", "内容不可靠无法对使用者形成帮助", "不可靠"),
    }
)


@lru_cache(maxsize=65_536)
def risk_of(first: str, second: str) -> str | None:
    """Return the id of the risk that two cells name (first-level and second-level class), or None if it is unknown."""
    first, second = _plain(first), _plain(second)
    for written in (second, first, f"{first} {second}"):
        if (code := _coded(written)) is not None:
            return code
    group = _group(first) or _group(second)
    if group and (letter := _LETTER.match(f"{second} ")):
        return _known(f"{group}.{letter[1].lower()}")
    return _named(second, group) or _named(first, group)


@lru_cache(maxsize=4_096)
def aspect_of(first: str, second: str) -> str | None:
    """Return the code of the non-refusal aspect that two cells name, or None if it is unknown."""
    for written in (_plain(second), _plain(first)):
        name = _AROUND_ASPECTS.sub("", _bare_name(_BULLET.sub("", written)))
        if found := _aspects().get(name) or _aspects().get(_bare_name(written)):
            return found
    return None


def _plain(written: str) -> str:
    return unicodedata.normalize("NFKC", written).strip()


def _coded(written: str) -> str | None:
    found = _CODE.search(written)
    return _known(f"A.{found[1]}.{found[2].lower()}") if found else None


def _known(code: str) -> str | None:
    return code if code in RISKS else None


def _group(written: str) -> str | None:
    if found := _GROUP.search(written):
        return f"A.{found[1]}"
    return next((group for name, group in _GROUP_NAMES.items() if name in written), None)


def _named(written: str, group: str | None) -> str | None:
    """Return the risk with this name; a name used in several groups is unique only within its group."""
    risks = _names().get(_bare_name(_BULLET.sub("", written)), ())
    within = [risk for risk in risks if group is None or risk.startswith(group)]
    return within[0] if len(within) == 1 else None


def _bare_name(written: str) -> str:
    """Return a name without punctuation and without a final 内容 or 的内容, which do not distinguish names."""
    bare = _PUNCTUATION.sub("", written)
    return bare.removesuffix("的内容").removesuffix("内容") or bare


@cache
def _names() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for risk, label in RISKS.items():
        for name in {_bare_name(each) for each in (label.zh, *_ALIASES[risk])}:
            found[name] = (*found.get(name, ()), risk)
    return found


@cache
def _aspects() -> dict[str, str]:
    return {name: code for code, label in ASPECTS.items() for name in (label.zh, code)} | {"英雄烈士": "heroes"}
