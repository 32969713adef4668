"""
Compare a configuration with those of known models, where no header was filed.

A configuration is what a filer writes down about an architecture: it can be copied or edited in a minute, and independent
models share one. It therefore says what it is the configuration of, and asks for a header; it never contradicts a declaration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.provenance.configs import Config
from compliance.provenance.known_structures import References
from compliance.provenance.references import SIZES, Reference

# With fewer values than these a configuration says too little to be compared.
_NEEDED = ("depth", "heads", "vocabulary")


@dataclass(frozen=True, slots=True)
class ConfigurationMatch:
    """
    The known models whose configuration is the same: in all values (`same`), or in all but depth and vocabulary (`like`).
    `compared` is the number of known configurations.
    """

    same: tuple[Reference, ...] = ()
    like: tuple[Reference, ...] = ()
    compared: int = 0

    @property
    def models(self) -> tuple[Reference, ...]:
        return self.same or self.like

    def families(self) -> list[str]:
        return sorted({reference.family for reference in self.models})


def compared_configuration(config: Config, known: References) -> ConfigurationMatch | None:
    """Compare a configuration with known ones. None if it has too few values."""
    given = _given(config)
    width = given["width"]
    if width is None or any(given[name] is None for name in _NEEDED):
        return None
    like = [reference for reference in known.with_width(width) if _has_same_layers(given, reference.configuration)]
    outside = (config.depth, config.vocabulary)
    same = tuple(reference for reference in like if (reference.depth, reference.vocabulary) == outside)
    return ConfigurationMatch(same, () if same else tuple(like), len(known))


def _given(config: Config) -> dict[str, int | None]:
    return {
        "width": config.width,
        "depth": config.depth,
        "heads": config.heads,
        "kv_heads": config.kv_heads or config.heads,
        "head_size": None if config.key_rank else config.size_of_a_head,
        "ff": config.ff,
        "vocabulary": config.vocabulary,
        "experts": config.experts,
        "expert_ff": config.expert_ff,
        "query_rank": config.query_rank,
        "key_rank": config.key_rank,
    }


def _has_same_layers(given: Mapping[str, int | None], sizes: Sequence[int | None]) -> bool:
    """
    Whether no value differs, and enough are there to say so: the width of a feed-forward part or of an expert. A mixture of
    experts is never the same as a model without them, nor latent attention the same as the usual one.
    """
    known = dict(zip(SIZES, sizes, strict=True))
    shared = list(_both(given, known))
    if bool(given["experts"]) != bool(known["experts"]) or bool(given["key_rank"]) != bool(known["key_rank"]):
        return False
    has_inner = any(name in ("ff", "expert_ff") for name, _, _ in shared)
    return has_inner and all(one == other for _, one, other in shared)


def _both(given: Mapping[str, int | None], known: Mapping[str, int | None]) -> Iterator[tuple[str, int, int]]:
    for name, value in known.items():
        other = given[name]
        if value is not None and other is not None:
            yield name, other, value
