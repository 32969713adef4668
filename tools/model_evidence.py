#!/usr/bin/env python3
"""
Extract evidence of a model's origin from its folder: `python tools/model_evidence.py MODEL_DIR -o evidence.json`.

Reads the configuration, the tokenizer, the model card and the headers of weight files. `--hash` adds the SHA-256 of every weight
file; the registry provides a seed after the hashes are filed. `--sketch SEED` reads the weights once and adds a weight sketch
(weight-sketch/1). It uses less than 1 GB of memory for a model of any size.

Standalone: requires Python 3.11, and NumPy for the sketch. No data leaves the machine; weights are never written to the output.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

PLAIN_FILES = ("config.json", "adapter_config.json", "model.safetensors.index.json")
MOST_HEADER = 100 * 1024 * 1024
MOST_TOKENIZER = 6 * 1024 * 1024
# Elements of a tensor held in memory at once. Divisible by four, so that random numbers drawn in parts are the same as in one draw.
AT_ONCE = 4 * 1024 * 1024
QUANTILES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
BUCKETS = 256
# Tokens in every tokenizer for Latin script, used as anchors among the embeddings.
ANCHORS = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "for",
    "it",
    "as",
    "was",
    "with",
    "be",
    "by",
    "on",
    "not",
    "he",
    "his",
    "but",
    "at",
    "are",
    "this",
    "have",
    "from",
    "or",
    "had",
    "an",
    "they",
    "which",
    "one",
    "you",
    "were",
    "all",
    "her",
    "she",
    "there",
    "would",
    "their",
    "we",
    "him",
    "been",
    "has",
    "when",
    "who",
    "will",
    "no",
    "more",
    "if",
    "out",
    "so",
    "up",
    "said",
    "what",
    "its",
    "about",
    "than",
    "into",
    "them",
    "can",
    "only",
    "other",
    "time",
    "new",
    "some",
    "could",
    "these",
    "two",
    "may",
    "first",
    "then",
    "do",
][:64]
ROLES = {
    "q": r"(q_proj|\bwq|attn_q)\.weight$",
    "k": r"(k_proj|\bwk|attn_k)\.weight$",
    "v": r"(v_proj|\bwv|attn_v)\.weight$",
    "o": r"(o_proj|\bwo|out_proj|attn_output|self_attn\.dense)\.weight$",
    "gate": r"(gate_proj|feed_forward\.w1|ffn_gate)\.weight$",
    "up": r"(up_proj|feed_forward\.w3|ffn_up|fc1)\.weight$",
    "down": r"(down_proj|feed_forward\.w2|ffn_down|fc2)\.weight$",
    "n1": r"(input_layernorm|\bln1|ln_1|attention_norm|attn_norm)\.weight$",
    "n2": r"(post_attention_layernorm|\bln2|ln_2|ffn_norm)\.weight$",
    "nf": r"^(model\.norm|transformer\.ln_f|norm|output_norm|model\.final_layernorm)\.weight$",
    "embed": r"(embed_tokens|\bwte|tok_embeddings|token_embd|word_embeddings)\.weight$",
    "head": r"(lm_head|^output|embed_out)\.weight$",
}
OUTSIDE = ("nf", "embed", "head")
TYPES = {"F32": ("<f4", 4), "F16": ("<f2", 2), "BF16": ("<u2", 2), "F64": ("<f8", 8)}


class Broken(Exception):
    """A file is damaged or does not have the format of its name."""


def main() -> int:
    """Return 0, or 1 if a file is damaged."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="MODEL_DIR")
    parser.add_argument("-o", "--output", type=Path, default=Path("evidence.json"))
    parser.add_argument("--hash", action="store_true", help="add the SHA-256 of every weight file")
    parser.add_argument("--sketch", metavar="SEED", help="add a weight sketch with the seed provided by the registry")
    options = parser.parse_args()
    try:
        evidence = extracted(options.folder, hashes=options.hash, seed=options.sketch)
    except (Broken, OSError) as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 1
    document = {"format": "model-evidence/1", "evidence": evidence}
    options.output.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(f"{options.output}: {', '.join(evidence)}")
    return 0


def extracted(folder: Path, *, hashes: bool = False, seed: str | None = None) -> dict[str, Any]:
    """Return the evidence of a model folder. Raises Broken for a damaged file or a file of the wrong format."""
    if not folder.is_dir():
        raise Broken(f"{folder} is not a folder.")
    evidence: dict[str, Any] = {name: _json(folder / name) for name in PLAIN_FILES if (folder / name).is_file()}
    evidence |= _card(folder) | _merge(folder) | _tokenizer(folder) | _headers(folder)
    if not evidence:
        raise Broken(f"{folder} contains no model files: no config.json, *.safetensors or *.gguf.")
    if hashes:
        evidence["file_hashes"] = {path.name: _hash(path) for path in _weight_files(folder)}
    if seed is not None:
        evidence["weight_sketch"] = sketch(folder, seed)
    return evidence


def _weight_files(folder: Path) -> list[Path]:
    return sorted(path for pattern in ("*.safetensors", "*.gguf", "*.bin") for path in folder.glob(pattern))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise Broken(f"{path} is not valid JSON: {error}") from error


def _card(folder: Path) -> dict[str, Any]:
    """Return the front matter of the model card as written; the registry parses it."""
    path = folder / "README.md"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    found = re.match(r"\s*---\s*\n.*?\n---\s*(\n|$)", text.replace("\r\n", "\n"), re.DOTALL)
    return {"README.md": found[0]} if found else {}


def _merge(folder: Path) -> dict[str, Any]:
    path = folder / "mergekit_config.yml"
    return {path.name: path.read_text(encoding="utf-8", errors="replace")} if path.is_file() else {}


# --- tokenizer ------------------------------------------------------------------------------------------------------
def _tokenizer(folder: Path) -> dict[str, Any]:
    """Return tokenizer features, with the whole tokenizer if it is small, otherwise with its vocabulary by id."""
    path = folder / "tokenizer.json"
    if not path.is_file():
        return {}
    tokenizer = _json(path)
    model = tokenizer.get("model") or {}
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model.get("merges") or ()]
    tokens = _tokens(model.get("vocab"))
    features = {
        "vocab_size": len(tokens),
        "num_merges": len(merges),
        "first_5_merges": merges[:5],
        "merge_rule_hash": hashlib.sha256("\n".join(merges[:50]).encode()).hexdigest(),
        "merges_sha256": hashlib.sha256("\n".join(merges).encode()).hexdigest(),
    }
    whole = {"tokenizer.json": tokenizer} if path.stat().st_size <= MOST_TOKENIZER else {"vocab.json": tokens}
    return {"tokenizer_features": features, **whole}


def _tokens(vocabulary: Any) -> list[str]:
    if isinstance(vocabulary, dict):
        return sorted(vocabulary, key=vocabulary.__getitem__)
    return [entry[0] if isinstance(entry, list) else str(entry) for entry in vocabulary or ()]


# --- headers --------------------------------------------------------------------------------------------------------
def _headers(folder: Path) -> dict[str, Any]:
    shards = {path.name: safetensors_header(path)[0] for path in _shards(folder)}
    found: dict[str, Any] = {}
    if len(shards) == 1:
        found["safetensors_header"] = next(iter(shards.values()))
    elif shards:
        found["safetensors_headers"] = shards
    if files := sorted(folder.glob("*.gguf")):
        parts = [path for path in files if re.search(r"-\d{5}-of-\d{5}\.gguf$", path.name)] or files[:1]
        headers = [gguf_header(path) for path in parts]
        found["gguf_header"] = {**headers[0], "tensors": [tensor for header in headers for tensor in header["tensors"]]}
    return found


def safetensors_header(path: Path) -> tuple[dict[str, Any], int]:
    """Return the header of a safetensors file and the offset of its data."""
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        if not 2 <= length <= MOST_HEADER:
            raise Broken(f"{path} is not a safetensors file.")
        try:
            return json.loads(file.read(length)), 8 + length
        except ValueError as error:
            raise Broken(f"{path} has a damaged header.") from error


_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MOST_LISTED = 64


def gguf_header(path: Path) -> dict[str, Any]:
    """Return the key-value part and the tensors of a GGUF file (versions 2 and 3); long lists are replaced by their length."""
    with path.open("rb") as file:
        magic, version = file.read(4), _scalar(file, "<I")
        if magic != b"GGUF" or version not in (2, 3):
            raise Broken(f"{path} is not a GGUF file of version 2 or 3.")
        tensors, pairs = _scalar(file, "<Q"), _scalar(file, "<Q")
        if tensors > 200_000 or pairs > 100_000:
            raise Broken(f"{path} declares {tensors} tensors and {pairs} key-value pairs, more than is allowed.")
        kv = {_text(file): _value(file, _scalar(file, "<I")) for _ in range(pairs)}
        return {"kv": kv, "tensors": [_tensor(file) for _ in range(tensors)]}


def _tensor(file: BinaryIO) -> dict[str, Any]:
    name = _text(file)
    dimensions = [_scalar(file, "<Q") for _ in range(_scalar(file, "<I"))]
    kind = _scalar(file, "<I")
    _scalar(file, "<Q")
    return {"name": name, "dimensions": dimensions, "type": kind}


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _text(file)
    if kind != _ARRAY:
        return _scalar(file, _SCALARS[kind])
    inner, count = _scalar(file, "<I"), _scalar(file, "<Q")
    kept = [_value(file, inner) for _ in range(min(count, _MOST_LISTED))]
    for _ in range(count - len(kept)):
        _value(file, inner)
    return kept if count == len(kept) else {"length": count}


def _scalar(file: BinaryIO, form: str) -> Any:
    read = file.read(struct.calcsize(form))
    if len(read) < struct.calcsize(form):
        raise Broken(f"{file.name} is truncated.")
    return struct.unpack(form, read)[0]


def _text(file: BinaryIO) -> str:
    length = _scalar(file, "<Q")
    if length > MOST_HEADER:
        raise Broken(f"{file.name} is damaged.")
    return file.read(length).decode("utf-8", "replace")


def _hash(path: Path) -> str:
    _report_progress(f"hashing {path.name}")
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _report_progress(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


# --- sketch ---------------------------------------------------------------------------------------------------------
class Weight(NamedTuple):
    """A tensor on disk with its role."""

    role: str
    layer: int | None
    shape: tuple[int, ...]
    dtype: str
    file: Path
    offset: int


def sketch(folder: Path, seed: str) -> dict[str, Any]:
    """Read the weights once and return their sketch (weight-sketch/1)."""
    weights = sorted(_weights(folder), key=lambda weight: (weight.layer is None, weight.layer or 0, weight.role))
    if not weights:
        raise Broken(
            "No tensor has a name with a known role; a sketch requires *.safetensors files with the usual tensor names."
        )
    anchors = _anchors(folder)
    entries = []
    for i, weight in enumerate(weights):
        if i % 50 == 0:
            _report_progress(f"sketching tensor {i + 1} of {len(weights)}")
        entries.append(_entry(weight, seed, [row for _, row in anchors]))
    header = {"format": "weight-sketch/1", "seed": seed, "k": BUCKETS, "anchors": [row for _, row in anchors]}
    return {**header, "anchor_tokens": [token for token, _ in anchors], "tensors": entries}


def _weights(folder: Path) -> list[Weight]:
    """Return the tensors with a role, from the stack with the most layers (excluding, for example, a vision tower)."""
    found: dict[str, list[Weight]] = {}
    for path in _shards(folder):
        header, start = safetensors_header(path)
        for name, entry in header.items():
            role = next((role for role, pattern in ROLES.items() if re.search(pattern, name)), None)
            numbers = re.findall(r"\.(\d+)\.", name)
            if role is None or entry["dtype"] not in TYPES or len(numbers) > 1 or (role in OUTSIDE) == bool(numbers):
                continue
            stack = name.split(f".{numbers[0]}.")[0] if numbers else ""
            layer = int(numbers[0]) if numbers else None
            weight = Weight(role, layer, tuple(entry["shape"]), entry["dtype"], path, start + entry["data_offsets"][0])
            found.setdefault(stack, []).append(weight)
    outside = {weight.role: weight for weight in found.pop("", [])}
    inside = max(found.values(), key=len, default=[])
    return [*{(weight.role, weight.layer): weight for weight in inside}.values(), *outside.values()]


def _shards(folder: Path) -> list[Path]:
    """Return the files in the index; without an index all files except a second copy in another format (`consolidated…`)."""
    index = folder / "model.safetensors.index.json"
    named = (_json(index).get("weight_map") or {}) if index.is_file() else {}
    if named:
        return sorted(path for name in set(named.values()) if (path := folder / name).is_file())
    found = sorted(folder.glob("*.safetensors"))
    return [path for path in found if not path.name.startswith("consolidated")] or found


def _anchors(folder: Path) -> list[tuple[str, int]]:
    """Return the rows of the anchor tokens, found by their text, since ids differ between tokenizers."""
    path = folder / "tokenizer.json"
    model = (_json(path).get("model") or {}) if path.is_file() else {}
    ids = {token: i for i, token in enumerate(_tokens(model.get("vocab")))}
    if isinstance(model.get("vocab"), dict):
        ids = model["vocab"]
    found = [(token, ids[f"{space}{token}"]) for token in ANCHORS for space in "Ġ▁" if f"{space}{token}" in ids]
    return found or [(str(i), i) for i in range(32, 96)]


def _entry(weight: Weight, seed: str, anchors: list[int]) -> dict[str, Any]:
    """Return the statistics of one tensor, which is read in parts."""
    import numpy as np

    entry: dict[str, Any] = {"role": weight.role, "layer": weight.layer, "shape": list(weight.shape)}
    if len(weight.shape) == 1:
        values = next(_parts(weight)).astype(np.float64).ravel()
        entry |= _moments(len(values), [float((values**power).sum()) for power in range(1, 5)])
        buckets = _Buckets(weight, seed)
        buckets.add(values - values.mean())
        return {**entry, "cs256_f16": buckets.encoded(), "q": _quantiles(values)}
    count, powers = 0, [0.0] * 4
    rows, columns, kept = [], np.zeros(weight.shape[1]), {}
    is_counted = weight.role not in OUTSIDE
    buckets = _Buckets(weight, seed)
    for part in _parts(weight):
        values = part.astype(np.float64)
        powers = [total + float((values**power).sum()) for power, total in enumerate(powers, 1)]
        kept |= {row: values[row - count] for row in anchors if not is_counted and count <= row < count + len(values)}
        count += len(values)
        rows.append(np.sqrt((values**2).sum(axis=1)))
        columns += (values**2).sum(axis=0)
        if is_counted:
            buckets.add(values.ravel())
    entry |= _moments(count * weight.shape[1], powers) | {"row_norm_q": _quantiles(np.concatenate(rows))}
    if is_counted:
        return {**entry, "col_norm_q": _quantiles(np.sqrt(columns)), "cs256_f16": buckets.encoded()}
    vectors = np.array([kept[row] for row in anchors if row in kept])
    return {**entry, "anchor_gram_f16": _gram(vectors)} if len(vectors) == len(anchors) else entry


def _parts(weight: Weight) -> Iterator[Any]:
    """Yield the tensor in parts of whole rows, as float32 or wider."""
    import numpy as np

    form, size = TYPES[weight.dtype]
    width = weight.shape[1] if len(weight.shape) > 1 else 1
    # The number of rows per part is a multiple of four, and so is the number of elements.
    step = max(4, AT_ONCE // width // 4 * 4) if len(weight.shape) > 1 else weight.shape[0]
    with weight.file.open("rb") as file:
        file.seek(weight.offset)
        for start in range(0, weight.shape[0], step):
            count = min(step, weight.shape[0] - start) * width
            read = np.frombuffer(file.read(count * size), dtype=form)
            if len(read) < count:
                raise Broken(f"{weight.file} is truncated.")
            if weight.dtype == "BF16":
                read = (read.astype(np.uint32) << 16).view(np.float32)
            yield read.reshape(-1, width)


class _Buckets:
    """The count sketch of a tensor read in parts; the bucket and sign of each element come from one random stream."""

    def __init__(self, weight: Weight, seed: str) -> None:
        import numpy as np

        shape, self.sums = weight.shape, np.zeros(BUCKETS)
        elements = int(np.prod(shape))
        digest = hashlib.sha256(f"{seed}|{weight.role}:{shape}|{elements}".encode()).digest()
        start = int.from_bytes(digest[:8], "little")
        self.buckets = np.random.Generator(np.random.PCG64(start))
        # The signs follow the buckets of all elements in the stream; one generator step gives two buckets.
        stream = np.random.PCG64(start)
        stream.advance(elements // 2)
        self.signs = np.random.Generator(stream)
        if elements % 2:
            self.signs.integers(0, BUCKETS, 1, np.int32)

    def add(self, values: Any) -> None:
        import numpy as np

        buckets = self.buckets.integers(0, BUCKETS, len(values), np.int32)
        signs = self.signs.integers(0, 2, len(values), np.int8) * 2 - 1
        self.sums += np.bincount(buckets, values * signs, BUCKETS)

    def encoded(self) -> str:
        import numpy as np

        length = np.linalg.norm(self.sums)
        return _half(self.sums / length if length else self.sums)


def _moments(count: int, powers: list[float]) -> dict[str, float]:
    """Return mean, standard deviation and kurtosis from the sums of powers."""
    mean, second, third, fourth = (total / count for total in powers)
    variance = max(second - mean**2, 0.0)
    central = fourth - 4 * mean * third + 6 * mean**2 * second - 3 * mean**4
    kurtosis = central / variance**2 if variance else 0.0
    return {"std": _short(variance**0.5), "mean": _short(mean), "kurtosis": _short(kurtosis)}


def _short(value: float) -> float:
    return float(f"{value:.5g}")


def _quantiles(values: Any) -> list[float]:
    import numpy as np

    return [_short(float(value)) for value in np.quantile(values, QUANTILES)]


def _gram(vectors: Any) -> str:
    """Return the upper triangle of the cosines between the rows, without the diagonal."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = vectors / np.where(lengths > 0, lengths, 1.0)
    return _half((unit @ unit.T)[np.triu_indices(len(unit), 1)])


def _half(values: Any) -> str:
    return base64.b64encode(values.astype("<f2").tobytes()).decode()


if __name__ == "__main__":
    sys.exit(main())
