"""
How names of AI models are spelled: addresses, publishers, words of a name, and the words that say nothing about which model it is.

A name is compared word by word: letters, numbers with what follows them, and Chinese characters are words of their own, so
that `Qwen2.5-7B`, `qwen-2.5-7b` and 通义千问2.5-7B are the same words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote

LONGEST = 500
Tokens = tuple[str, ...]

# Publishers of copies: quantized, converted or mirrored models of others.
REPACKAGERS = frozenset(
    {
        *("ai-modelscope", "apolinario", "bartowski", "baseten", "calcuis", "camenduru", "casperhansen"),
        *("city96", "comfy-org", "cortecs", "cpatonn", "cyankiwi", "deepinfra", "diffsynth-studio"),
        *("disty0", "duyntnet", "fal-ai", "fastflowlm", "featherless-ai-quants", "fireworks", "flagrelease"),
        *("gaunernst", "ggerganov", "ggml-org", "hugging-quants", "huggyllama", "inferless", "ista-daslab"),
        *("jart", "jeffh", "leafspark", "legraphista", "litert-community", "llm-research"),
        *("lmstudio-community", "lonestriker", "maziyarpanahi", "medaibase", "mlx-community", "modelcloud"),
        *("modelscope", "mradermacher", "neuralmagic", "nexaaidev", "noctrex", "novita", "onnx-community"),
        *("openvino", "optimum-intel", "prunaai", "quantfactory", "quantstack", "quanttrio", "redhatai"),
        *("richarderkhov", "second-state", "shuttleai", "shuyuej", "solidrust", "stelterlab", "systran"),
        *("tensorblock", "thebloke", "turboderp", "ubergarm", "unsloth", "xenova", "xet-team"),
    }
)
# Publishers of copies who also train models of their own on those of others: theirs are copies only if their names say so.
MAKERS_WHO_REPACKAGE = frozenset(
    {
        *("amazon", "amd", "apple", "cerebras", "dphn", "groq", "intel", "kaitchup", "lightonai", "nvidia"),
        *("prithivmlmods", "qualcomm", "sambanova", "skt", "together", "togethercomputer", "opencompass"),
    }
)
# Hosts of models; the path begins after them, and after the folders that say what kind of page it is.
_HOST = re.compile(
    r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com|(?:www\.)?modelscope\.(?:cn|ai)|wisemodel\.cn|modelers\.cn"
    r"|gitee\.com|ai\.gitee\.com|gitcode\.com|github\.com|ollama\.com|openrouter\.ai|replicate\.com|build\.nvidia\.com"
    r"|hf:|hf\.co|ollama\.ai|civitai\.com|tfhub\.dev|kaggle\.com)(?:/|$)",
    re.IGNORECASE,
)
_PAGES = re.compile(r"^(?:models|library|hf-models|codes)/", re.IGNORECASE)
# Addresses that are no model: an application, a list, a page of a host that is not known.
_NO_MODEL = re.compile(r"^(?:spaces|collections|datasets|papers|blog|docs)/", re.IGNORECASE)
_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# A folder of the Hugging Face cache: `models--Qwen--Qwen3-8B`.
_CACHED = re.compile(r"(?:^|[/\\])models--([^/\\]+?)--([^/\\]+)")
# A copy by its format or number of bits; without regard to case, between separators.
_FORMAT = re.compile(
    r"(?:gguf|ggml|awq|gptq|exl[23]|onnx|mlx|bnb|nf4|nvfp4|mxfp[468]|fp(?:4|8|16|32)|bf16|f16|f32|int[2348]|w\d+a\d+(?:fp8)?"
    r"|i?q\d(?:[_-](?:k|xs|xxs|nl|s|m|l|0|1|xl))*(?:_[a-z0-9]+)?|\d(?:\.\d+)?-?bits?|\d(?:\.\d+)?bpw|tq\d_\d|ud|imatrix|i1|dwq|hqq|aqlm|quip"
    r"|(?:un)?quanti[sz]ed|quant|g\d{2,3}|marlin|autoround|eetq|smoothquant|qat|4bits|8bits|safetensors|diffusers|pytorch"
    r"|pth|ckpt|bin|coreml|openvino|tensorrt|trt|ov|e4m3|e5m2|gs\d+|int8mix|sdnq|uint[2348]|repack(?:age|aged)?|smashed)",
    re.IGNORECASE,
)
# Words about a format, which mean nothing else only beside one.
_OF_A_FORMAT = frozenset({"dynamic", "static", "block", "scaled"})
# Tokens of whoever hosts or publishes a copy, and what kind of training a version had.
_HOSTING = frozenset(
    {
        *("hf", "original", "free", "latest", "online", "official", "release", "model"),
        *("models", "unsloth", "cloud", "nitro", "cheapest", "floor", "exacto", "maas"),
        *("tee", "大模型", "模型", "系列", "大语言模型", "语言模型", "开源版"),
        *("版本"),
    }
)
_TRAINING = frozenset(
    {
        *("instruct", "chat", "base", "it", "thinking", "nothinking", "non", "bf"),
        *("pt", "基座", "对话", "版"),
    }
)
_CONTEXT = re.compile(r"(?:4|8|16|32|64|128|200|256|512|1024)k|1m", re.IGNORECASE)
_DAY = re.compile(r"[-_.@]?(?:20[12]\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01]))(?!\d)")
# Chinese names of series and what they are called in Latin letters; the longest first.
_CHINESE = (
    ("通义千问", "qwen"),
    ("千问", "qwen"),
    ("通义万相", "wan"),
    ("混元", "hunyuan"),
    ("书生浦语", "internlm"),
    ("书生万象", "internvl"),
    ("浦语", "internlm"),
    ("百川", "baichuan"),
    ("豆包", "doubao"),
    ("智谱清言", "chatglm"),
    ("文心大模型", "ernie"),
    ("文心", "ernie"),
    ("深度求索", "deepseek"),
    ("盘古", "pangu"),
)
# Developers whose Chinese names stand before those of their models, and how the table calls them.
VENDORS = MappingProxyType(
    {
        "智谱": "Zhipu",
        "月之暗面": "Moonshot",
        "面壁": "OpenBMB",
        "零一万物": "01.AI",
        "阶跃星辰": "StepFun",
        "腾讯": "Tencent",
        "华为": "Huawei",
        "阿里云": "Alibaba",
        "阿里": "Alibaba",
        "百度": "Baidu",
        "字节跳动": "ByteDance",
    }
)
# Developers whose name alone stands for their models.
_OF_A_VENDOR = MappingProxyType({"智谱": "glm", "月之暗面": "kimi", "零一万物": "yi", "阶跃星辰": "step"})
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)*[a-z]*|[\u3400-\u9fff]+")
# Numbers of bits as llama.cpp writes them, with what follows them.
_BITS = re.compile(
    r"(?<![a-z0-9])(?:ud-)?(?:i?q|tq)\d(?:[_-](?:k|xs|xxs|nl|s|m|l|xl|0|1))+(?![a-z0-9])|(?<=-)w-mxfp\d-a-fp\d|svd-r\d+$"
)
# The size or the number of bits behind a colon, where the name itself has none.
_TAG = re.compile(r":(?:([\d.]+)([bm])|latest)(?:-([\w.-]+))?$", re.IGNORECASE)
# What clouds put before the names of models that they host.
_VENDOR = re.compile(
    r"^(?:(?:(?:us|eu|apac|global)\.)?(?:ai21|amazon|anthropic|cohere|deepseek|google|meta|minimax|mistral|moonshot|openai|qwen|zai)"
    r"\.(?=[a-z])|faster[-_])",
    re.IGNORECASE,
)
# A version of a hosted model (`-v1:0`), and points of versions that a name cannot have: `3p7`, `3_5`, `3-1-`.
_HOSTED = re.compile(r"-v\d+:\d+$|(?:-[a-z]+)?-flagos$|(?<=-instruct)-turbo$", re.IGNORECASE)
_POINTS = (
    re.compile(r"(?<=\d)p(?=\d)"),
    re.compile(r"(?<=\d)_(?=\d)"),
    re.compile(r"(?<=[a-z]\d)-(?=\d(?![\d.]|[bm](?![a-z])))"),
)
_SEPARATED = re.compile(r"[\s_/:@|,()（）\[\]【】·「」“”\"'+-]+")


@dataclass(frozen=True, slots=True)
class WrittenName:
    """
    A name taken apart: its publisher (`Qwen` of `Qwen/Qwen3-8B`), the name itself, all its words, and those that say which model
    it is.
    """

    given: str
    owner: str
    name: str
    tokens: Tokens
    plain: Tokens
    has_format: bool

    @property
    def is_by_a_repackager(self) -> bool:
        """Whether the publisher is one of copies; one who also makes models of his own has to name a format."""
        owner = self.owner.casefold()
        return owner in REPACKAGERS or (self.has_format and owner in MAKERS_WHO_REPACKAGE)

    @property
    def vendors(self) -> tuple[str, ...]:
        """The developers whose Chinese names stand in the name, as the table calls them."""
        return tuple(developer for vendor, developer in VENDORS.items() if vendor in self.given)

    @property
    def billions(self) -> float | None:
        """The size behind a colon, in billions of parameters."""
        found = _TAG.search(self.name)
        if found is None or not found[1] or found[1].count(".") > 1 or found[1] == ".":
            return None
        return float(found[1]) / (1 if found[2] in "bB" else 1_000)

    def spellings(self, owners: Collection[str]) -> Iterator[tuple[str, str]]:
        """
        Yield the name, and what it may stand for, each with the publisher that was left out before it: without a known one, and
        with the points of its version.
        """
        bare = _HOSTED.sub("", self.name)
        shorter = [(bare, ""), (_without_tag(bare), ""), (_VENDOR.sub("", bare), ""), *_without_owner(bare, owners)]
        for stripped, owner in dict.fromkeys([(self.name, ""), *shorter]):
            yield stripped, owner
            for point in _POINTS:
                if (pointed := point.sub(".", stripped)) != stripped:
                    yield pointed, owner


@lru_cache(maxsize=20_000)
def written_name(given: str) -> WrittenName:
    """Take a name, a hub id, a path or an address apart."""
    text = _path_of(unicodedata.normalize("NFKC", unquote(given[:LONGEST])).strip().strip("`'\"“”~@"))
    owner, name = _cached(text) or _split(text)
    return WrittenName(given, owner, name, tokens_of(name), plain_tokens_of(name), _has_format(name))


def _cached(text: str) -> tuple[str, str] | None:
    found = _CACHED.search(text)
    return (found[1], found[2]) if found else None


def _without_owner(name: str, owners: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield a name without the publisher that some copies put before it, and that: `THUDM_GLM-4-9B`, `qwen.qwen3-8b`."""
    for found in re.finditer(r"[-_.]+", name):
        owner = name[: found.start()].casefold()
        if owner in owners or owner in REPACKAGERS or owner in MAKERS_WHO_REPACKAGE:
            yield name[found.end() :], name[: found.start()]


def _without_tag(name: str) -> str:
    """Return a name without the size behind a colon, unless other words than those of a copy follow it."""
    found = _TAG.search(name)
    if found is None or (found[3] and len(plain_tokens_of(f"x-{found[3]}")) > 1):
        return name
    return name[: found.start()]


def _has_format(name: str) -> bool:
    parts = _SEPARATED.split(_dotted(unicodedata.normalize("NFKC", name).casefold()))
    return any(_FORMAT.fullmatch(part) for part in parts[1:])


def _dotted(text: str) -> str:
    """Return a text with a blank for the points that separate words: `quantized.w8a8`."""
    return re.sub(r"(?<=[a-z])\.(?=[a-z])", " ", _BITS.sub(" int4 ", text))


def _path_of(text: str) -> str:
    shortened = _HOST.sub("", text)
    if shortened == text:
        return "" if _ADDRESS.match(text) else text
    if _NO_MODEL.match(shortened):
        return ""
    path = re.split(r"[?#]", shortened)[0].strip("/")
    parts = _PAGES.sub("", path).split("/")
    return "/".join(parts[:2])


def _split(text: str) -> tuple[str, str]:
    """Return the publisher and the name; of a path of folders, its last part, without a file's ending."""
    parts = [part for part in re.split(r"[/\\]+|(?<=[a-z])--(?=[a-z])", text) if part]
    name = re.sub(r"\.(?:gguf|safetensors|bin|pth?|onnx|ckpt)$", "", parts[-1], flags=re.IGNORECASE) if parts else ""
    is_hub_id = len(parts) == 2 and not re.match(r"^(?:[A-Za-z]:|\.{1,2}|~|models?|data|mnt|root|home)$", parts[0])
    return (parts[0] if is_hub_id else ""), name


def tokens_of(name: str) -> Tokens:
    """Return the words of a name, in Latin letters where a Chinese name has them."""
    text = unicodedata.normalize("NFKC", name).casefold().replace("+", " plus ")
    if not text.isascii():
        text = _in_latin_letters(text)
    return tuple(_WORD.findall(text))


def _in_latin_letters(text: str) -> str:
    for chinese, latin in _CHINESE:
        text = text.replace(chinese, f" {latin} ")
    text = _OF_A_VENDOR.get(text.strip(), text)
    for vendor in VENDORS:
        text = text.replace(vendor, " ")
    return text


def plain_tokens_of(name: str, *, with_training: bool = False) -> Tokens:
    """Return the words of a name without format, number of bits, day and host; without the kind of training, unless that is asked for."""
    text = _dotted(_DAY.sub(" ", unicodedata.normalize("NFKC", name).casefold().replace("+", " plus ")))
    parts = [part for part in _SEPARATED.split(text) if part]
    kept = [part for place, part in enumerate(parts) if place == 0 or not _is_format(parts, place)]
    tokens = [word for part in kept for word in tokens_of(part)]
    left_out = _HOSTING if with_training else _HOSTING | _TRAINING
    return tuple(w for place, w in enumerate(tokens) if not (place and (w in left_out or _CONTEXT.fullmatch(w))))


def is_context(word: str) -> bool:
    """Whether a word is the length of a context: 32k."""
    return bool(_CONTEXT.fullmatch(word))


def _is_format(parts: list[str], place: int) -> bool:
    """Whether a part says how a copy is stored; a version right behind such a part is that of the copy."""
    part = parts[place]
    if _FORMAT.fullmatch(part):
        return True
    if part in _OF_A_FORMAT:
        beside = [parts[place - 1], *parts[place + 1 : place + 2]]
        return any(_FORMAT.fullmatch(each) for each in beside)
    return place > 1 and bool(re.fullmatch(r"v\d", part) and _FORMAT.fullmatch(parts[place - 1]))
