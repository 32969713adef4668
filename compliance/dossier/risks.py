"""The 31 risks of appendix A of TC260-003-2024 and GB/T 45654-2025."""

from __future__ import annotations

from types import MappingProxyType

from compliance.language import Bilingual

_NAMES = {
    "A.1": (
        ("inciting subversion of state power", "煽动颠覆国家政权、推翻社会主义制度"),
        ("endangering national security and interests", "危害国家安全和利益、损害国家形象"),
        ("inciting separatism", "煽动分裂国家、破坏国家统一和社会稳定"),
        ("terrorism and extremism", "宣扬恐怖主义、极端主义"),
        ("ethnic hatred", "宣扬民族仇恨"),
        ("violence and obscenity", "宣扬暴力、淫秽色情"),
        ("false and harmful information", "传播虚假有害信息"),
        ("other prohibited content", "其他法律、行政法规禁止的内容"),
    ),
    "A.2": (
        ("ethnic discrimination", "民族歧视内容"),
        ("discrimination by belief", "信仰歧视内容"),
        ("discrimination by nationality", "国别歧视内容"),
        ("regional discrimination", "地域歧视内容"),
        ("gender discrimination", "性别歧视内容"),
        ("age discrimination", "年龄歧视内容"),
        ("occupational discrimination", "职业歧视内容"),
        ("health discrimination", "健康歧视内容"),
        ("other discrimination", "其他方面歧视内容"),
    ),
    "A.3": (
        ("infringement of intellectual property", "侵犯他人知识产权"),
        ("breach of business ethics", "违反商业道德"),
        ("disclosure of trade secrets", "泄露他人商业秘密"),
        ("monopoly and unfair competition", "实施垄断和不正当竞争行为"),
        ("other commercial violations", "其他商业违法违规行为"),
    ),
    "A.4": (
        ("harm to physical or mental health", "危害他人身心健康"),
        ("infringement of likeness", "侵害他人肖像权"),
        ("infringement of reputation", "侵害他人名誉权"),
        ("infringement of honor", "侵害他人荣誉权"),
        ("infringement of privacy", "侵害他人隐私权"),
        ("infringement of personal information rights", "侵害他人个人信息权益"),
        ("infringement of other lawful rights", "侵犯他人其他合法权益"),
    ),
    "A.5": (
        ("inaccurate content", "内容不准确"),
        ("unreliable content", "内容不可靠"),
    ),
}

RISKS = MappingProxyType(
    {f"{group}.{'abcdefghi'[i]}": Bilingual(*both) for group, names in _NAMES.items() for i, both in enumerate(names)}
)
