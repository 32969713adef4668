"""
Find possible passwords, API keys and test accounts. Few false positives are more important than finding every secret: text
about passwords is not a password, and neither are the harmful questions in a test bank.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from compliance.attachments.contents import Credential

PASSWORD, API_KEY, TEST_ACCOUNT = "password", "api_key", "test_account"
MOST_FOUND = 20
SHOWN = 2
_VALUE = r"[\"'“‘]?(?P<value>[\x21-\x26\x28-\x7e]{%s,})"
_SEPARATOR = r"\s*(?:[:：=|]|是|为|\bis\b)\s*"
# No pattern can match without one of these words; most lines contain none of them.
_HINT = re.compile(
    r"密\s?码|口令|密钥|令牌|账号|帐号|账户|pass|pwd|key|secret|token|account|bearer|sk-|AKIA|LTAI|AKID|gh[pousr]_|eyJ|PRIVATE",
    re.IGNORECASE,
)
_PATTERNS = (
    (
        PASSWORD,
        re.compile(
            r"(?:密\s?码|口令|(?<![a-z])(?:password|passwd|pwd|pass))(?:[(（][^)）]{0,20}[)）])?"
            + _SEPARATOR
            + _VALUE % "6",
            re.IGNORECASE,
        ),
    ),
    (PASSWORD, re.compile(r"\b[a-z][a-z0-9+]{2,}://[^\s:/@]+:(?P<value>[^\s:/@]{4,})@", re.IGNORECASE)),
    (
        API_KEY,
        re.compile(
            r"(?:api[ _-]?key|secret[ _-]?key|access[ _-]?key(?:[ _-]?(?:id|secret))?|app[ _-]?secret|access[ _-]?token"
            r"|密钥|令牌)" + _SEPARATOR + r"[\"'“‘]?(?P<value>[A-Za-z0-9_\-./+=]{16,})",
            re.IGNORECASE,
        ),
    ),
    (
        API_KEY,
        re.compile(
            r"(?<![\w-])(?P<value>sk-[A-Za-z0-9_-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{16}|LTAI[A-Za-z0-9]{12,30}"
            r"|AKID[A-Za-z0-9]{28,40}|gh[pousr]_[A-Za-z0-9]{30,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})"
        ),
    ),
    (API_KEY, re.compile(r"\bBearer\s+(?P<value>[A-Za-z0-9._~+/=-]{24,})", re.IGNORECASE)),
    (API_KEY, re.compile(r"(?P<value>-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----)")),
    (
        TEST_ACCOUNT,
        re.compile(
            r"(?:(?:测试|试用|体验|演示)(?:用)?(?:账号|帐号|账户|帐户|用户名)(?:[(（][^)）]{0,20}[)）])?|\b(?:test|demo|trial) account)"
            + _SEPARATOR
            + r"[\"'“‘]?(?P<value>[A-Za-z0-9][\w.@+-]{2,})",
            re.IGNORECASE,
        ),
    ),
)
_LENGTH = re.compile(r"[<>=]*\d{1,2}(?:[-~]\d{1,2})?[A-Za-z]*")
_TECHNIQUE = re.compile(
    r"(?:AES|DES|3DES|RSA|ECC|SHA|MD5|HMAC|SM[2-9]|TLS|SSL|GM/T|GB/?T|ISO|PBKDF|bcrypt|https?://|www\.|\*|x{3}|YOUR|<|\{|\$)",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"[\d@_]|^(?:admin|demo|test|guest|root|reviewer)", re.IGNORECASE)
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[A-Za-z]")


def credentials_in(text: str, place: str, *, is_content: bool = False) -> Iterator[Credential]:
    """
    Yield possible credentials in a line of text. `is_content` means that the line is a keyword, a test question or an answer;
    then only a value strong enough for a real password counts.
    """
    if not _HINT.search(text):
        return
    written = unicodedata.normalize("NFKC", text)
    for kind, pattern in _PATTERNS:
        for found in pattern.finditer(written):
            value = found["value"].rstrip(".,;，。；)）\"'”’")
            if _is_credential(kind, value, is_content=is_content):
                yield Credential(kind=kind, place=place, shown=_hidden(found[0], found["value"]))


def _is_credential(kind: str, value: str, *, is_content: bool) -> bool:
    has_digit, has_letter = bool(_DIGIT.search(value)), bool(_LETTER.search(value))
    if kind == PASSWORD:
        if is_content:
            return len(value) >= 8 and has_digit and has_letter and not value.isalnum()
        return len(value) >= 6 and has_digit and len(set(value)) > 2 and not _is_not_secret(value)
    if kind == TEST_ACCOUNT:
        return not is_content and bool(_ACCOUNT.search(value))
    if _is_not_secret(value):
        return False
    return value.startswith("-----") or (has_digit and has_letter and len(set(value)) > 6)


def _is_not_secret(value: str) -> bool:
    """Whether a value is the length of a password (`8-16`), an algorithm (`AES-256`), a URL, or a placeholder."""
    return _LENGTH.fullmatch(value) is not None or _TECHNIQUE.match(value) is not None


def _hidden(match: str, value: str) -> str:
    """Return the match with its value truncated, so that a report does not spread the secret."""
    return f"{match[: match.index(value)]}{value[:SHOWN]}…".strip()
