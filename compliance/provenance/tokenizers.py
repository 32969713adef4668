"""
Compare tokenizers. The result is reported separately and is never evidence about weights: independent models often share one.

Source: the registry's reference on model provenance, §2.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.provenance.faults import Unusable
from compliance.provenance.known_structures import References
from compliance.provenance.references import FEATURES, Reference

IDENTICAL, EXTENDED, SHORTENED, PERMUTED, PARTIAL, UNRELATED = (
    "identical",
    "extended",
    "shortened",
    "permuted",
    "partial",
    "unrelated",
)
# Below this share of common tokens, two vocabularies have no more in common than any two of the same language.
LEAST_IN_COMMON = 0.5
MOST_TOKENS = 2_000_000


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A complete tokenizer: its tokens by id, and the hash of all its merges (not only the first ones)."""

    tokens: tuple[str, ...]
    merges: str = ""
    merge_count: int = 0


@dataclass(frozen=True, slots=True)
class Likeness:
    """The relation of two vocabularies: `kind`, the difference in size, the share of common tokens, whether merges are equal."""

    kind: str
    more: int = 0
    in_common: float = 0.0
    has_same_merges: bool | None = None


@dataclass(frozen=True, slots=True)
class TokenizerFinding:
    """The findings on a tokenizer: its size, known models with the same features, and compared vocabularies."""

    size: int | None = None
    same_features: tuple[str, ...] = ()
    same_start: int = 0
    likenesses: tuple[tuple[str, Likeness], ...] = field(default=())


def read_vocabulary(document: Any) -> Vocabulary:
    """
    Read a tokenizer.json, or a vocabulary `{token: id}`, or a list of tokens by id.

    Raises Unusable: `no_vocabulary`, `too_many_tokens`.
    """
    merges: Any = ()
    if isinstance(document, Mapping) and isinstance(document.get("model"), Mapping):
        merges = document["model"].get("merges") or ()
        added = document.get("added_tokens")
        document = _ids(document["model"].get("vocab"), added if isinstance(added, list) else ())
    if isinstance(document, Mapping):
        document = [token for token, _ in sorted(document.items(), key=lambda pair: _id(pair[1]))]
    if not isinstance(document, list) or not document:
        raise Unusable("no_vocabulary")
    if len(document) > MOST_TOKENS:
        raise Unusable("too_many_tokens", found=len(document), limit=MOST_TOKENS)
    return Vocabulary(tuple(str(token) for token in document), *_merges(merges))


def _ids(vocabulary: Any, added: Iterable[Any]) -> Any:
    """Return the ids by token; a unigram model lists pairs of token and score in the order of the ids."""
    if isinstance(vocabulary, list):
        vocabulary = {
            str(entry[0] if isinstance(entry, list) and entry else entry): i for i, entry in enumerate(vocabulary)
        }
    if not isinstance(vocabulary, Mapping):
        return vocabulary
    more = {
        entry["content"]: entry.get("id")
        for entry in added
        if isinstance(entry, Mapping) and isinstance(entry.get("content"), str)
    }
    return {**vocabulary, **more}


def _id(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**40:
        raise Unusable("no_vocabulary")
    return value


def _merges(merges: Any) -> tuple[str, int]:
    if not isinstance(merges, list | tuple) or not merges:
        return "", 0
    digest = hashlib.sha256()
    for merge in merges:
        digest.update(" ".join(map(str, merge)).encode() if isinstance(merge, list) else str(merge).encode())
        digest.update(b"\n")
    return digest.hexdigest(), len(merges)


def likeness(found: Vocabulary, reference: Vocabulary) -> Likeness:
    """Compare two vocabularies by id, then as sets."""
    same_merges = found.merges == reference.merges if found.merges and reference.merges else None
    here, there = found.tokens, reference.tokens
    more = len(here) - len(there)
    if here == there:
        return Likeness(IDENTICAL, 0, 1.0, same_merges)
    if here[: len(there)] == there:
        return Likeness(EXTENDED, more, len(there) / len(here), same_merges)
    if there[: len(here)] == here:
        return Likeness(SHORTENED, more, len(here) / len(there), same_merges)
    one, other = set(here), set(there)
    if one == other:
        return Likeness(PERMUTED, 0, 1.0, same_merges)
    share = len(one & other) / len(one | other)
    return Likeness(PARTIAL if share >= LEAST_IN_COMMON else UNRELATED, more, round(share, 4), same_merges)


def tokenizer_finding(evidence: Mapping[str, Any], references: References) -> TokenizerFinding | None:
    """
    Return the findings on the tokenizer files and features of a model, or None if none were filed.

    Raises Unusable, as `read_vocabulary`.
    """
    features = evidence.get("tokenizer_features")
    document = evidence.get("tokenizer.json") or evidence.get("vocab.json")
    if document is None and not isinstance(features, Mapping):
        return None
    likenesses: tuple[tuple[str, Likeness], ...] = ()
    size = features.get("vocab_size") if isinstance(features, Mapping) else None
    if document is not None:
        found = read_vocabulary(document)
        size = len(found.tokens)
        likenesses = tuple(_compared(found, evidence.get("reference_tokenizers")))
    given = features if isinstance(features, Mapping) else {}
    return TokenizerFinding(
        size if isinstance(size, int) else None,
        tuple(_same_features(given, references)),
        sum(_has_same_start(given, reference) for reference in references.with_tokenizer()),
        likenesses,
    )


def _compared(found: Vocabulary, references: Any) -> Iterator[tuple[str, Likeness]]:
    for name, document in references.items() if isinstance(references, Mapping) else ():
        like = likeness(found, read_vocabulary(document))
        if like.kind != UNRELATED:
            yield name, like


def _same_features(features: Mapping[str, Any], references: References) -> Iterator[str]:
    """Yield known models with the same size, number of merges and first merges: an indication, not a proof."""
    values = [features.get(name) for name in FEATURES]
    if None in values:
        return
    for reference in references.with_tokenizer():
        if [reference.tokenizer.get(name) for name in FEATURES] == values:
            yield reference.name


def _has_same_start(features: Mapping[str, Any], reference: Reference) -> bool:
    start = features.get("merge_rule_hash")
    return bool(start) and reference.tokenizer.get("merge_rule_hash") == start
