"""
Read a Croissant 1.0 or 1.1 description of a data set (MLCommons) as a training corpus.

Source: docs.mlcommons.org/croissant; the vocabulary is schema.org's Dataset with `cr:` and `rai:` besides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from compliance.exchange.carried import CROISSANT, Carried, NotReadable, filled, listed, objects, text_of, whole_of
from registry.reference.hub import license_of_card

VERSIONS = ("1.0", "1.1")
_CARRIED = (
    *("name", "license", "url", "conformsTo", "inLanguage", "creator", "publisher", "distribution", "datePublished"),
    *("dataCollectionTimeframe", "sameAs"),
)
_UNITS = {
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
# Beginnings of the ids of licenses under which data are open to everybody.
_OPEN = re.compile(r"(?:cc0|cc-by|apache|mit\b|bsd|odc|odbl|pddl|cdla|c-uda|a?l?gpl|gfdl|mpl|unlicense)", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?i?b)", re.IGNORECASE)
_MODALITIES = (("image", "image"), ("audio", "audio"), ("video", "video"), ("text", "text"))


def is_croissant(document: Any) -> bool:
    return isinstance(document, Mapping) and bool(_conforms_to(document))


def _conforms_to(document: Mapping[str, Any]) -> list[str]:
    """Return the editions of Croissant that a description names, as text or as `{"@id": …}`."""
    given = [value for name in ("conformsTo", "dct:conformsTo") for value in listed(document.get(name))]
    texts = [str(each.get("@id") if isinstance(each, Mapping) else each) for each in given]
    return [text for text in texts if "mlcommons.org/croissant" in text]


def read_croissant(document: Mapping[str, Any]) -> Carried:
    """Return the corpus that a description is about. Raises NotReadable for another version."""
    versions = [found.rstrip("/").rsplit("/", 1)[-1] for found in _conforms_to(document)]
    version = next((each for each in versions if each in VERSIONS), versions[0] if versions else "")
    if version not in VERSIONS:
        raise NotReadable("version", format="Croissant", found=version[:20], known=", ".join(VERSIONS))
    plain = {name.rsplit(":", 1)[-1]: value for name, value in document.items()}
    if not text_of(plain.get("name")):
        raise NotReadable("no_models")
    lost = [f"/{name}" for name in plain if name not in _CARRIED and not name.startswith("@") and name != "context"]
    return Carried(CROISSANT, version, corpora=[_corpus(plain)], lost=sorted(lost))


def _corpus(plain: Mapping[str, Any]) -> dict[str, Any]:
    license = next((text for each in listed(plain.get("license")) if (text := _license(each))), None)
    return filled(
        name=text_of(plain["name"]),
        source_type="open_source" if license and _OPEN.match(license) else None,
        source_name=_publisher(plain),
        source_url=text_of(plain.get("url")),
        license=license,
        languages=[text for each in listed(plain.get("inLanguage")) if (text := text_of(each))],
        bytes=_bytes(plain),
        modality=_modality(plain),
    )


def _license(value: Any) -> str | None:
    """Return a license as the registry writes it: an id of the Hub or of SPDX, or the address of a license."""
    text = text_of(value.get("name") or value.get("url") if isinstance(value, Mapping) else value)
    if text is None:
        return None
    spdx = re.fullmatch(r"https?://(?:www\.)?spdx\.org/licenses/([\w.+-]+?)(?:\.html)?/?", text)
    commons = re.fullmatch(r"https?://creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/.*)?", text)
    if commons:
        return f"CC0-{commons[2]}" if commons[1] == "zero" else f"CC-{commons[1].upper()}-{commons[2]}"
    return spdx[1] if spdx else license_of_card(text)


def _publisher(plain: Mapping[str, Any]) -> str | None:
    for name in ("publisher", "creator"):
        for each in listed(plain.get(name)):
            if text := text_of(each.get("name") if isinstance(each, Mapping) else each):
                return text
    return None


def _bytes(plain: Mapping[str, Any]) -> int | None:
    """Return the total size of the files, if all of them say theirs."""
    sizes = [_size(each.get("contentSize")) for each in objects(plain.get("distribution")) if "contentSize" in each]
    known = [size for size in sizes if size is not None]
    return whole_of(sum(known)) if known and len(known) == len(sizes) else None


def _size(value: Any) -> int | None:
    found = _SIZE.fullmatch(str(value).strip())
    return whole_of(round(float(found[1]) * _UNITS[found[2].lower()])) if found and len(found[1]) < 17 else None


def _modality(plain: Mapping[str, Any]) -> str | None:
    """Return the one modality that the files or the keywords name."""
    kinds = [str(each.get("encodingFormat", "")) for each in objects(plain.get("distribution"))]
    text = " ".join([*kinds, *map(str, listed(plain.get("keywords")))]).casefold()
    found = {to for word, to in _MODALITIES[:3] if f"{word}/" in text or f"modality:{word}" in text}
    return found.pop() if len(found) == 1 else None
