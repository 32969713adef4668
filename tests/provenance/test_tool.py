"""tools/model_evidence.py: the registry can read the extracted evidence, and the sketch follows the specification."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compliance.provenance import findings as codes
from compliance.provenance.assessing import assess
from compliance.provenance.sketches import compared, read_sketch
from compliance.provenance.validating import faults_in
from tools import model_evidence

LAYERS, WIDTH, INNER, TOKENS = 4, 64, 160, 501
VOCABULARY = [f"Ġ{token}" for token in model_evidence.ANCHORS]


def weights(seed: int) -> dict[str, np.ndarray]:
    """A small model with its own random initialization; each layer has its own standard deviation."""
    chance = np.random.default_rng(seed)
    made: dict[str, np.ndarray] = {}
    for layer in range(LAYERS):
        at = f"model.layers.{layer}"
        for name, shape in {
            "self_attn.q_proj": (WIDTH, WIDTH),
            "self_attn.k_proj": (WIDTH // 2, WIDTH),
            "self_attn.v_proj": (WIDTH // 2, WIDTH),
            "self_attn.o_proj": (WIDTH, WIDTH),
            "mlp.gate_proj": (INNER, WIDTH),
            "mlp.up_proj": (INNER, WIDTH),
            "mlp.down_proj": (WIDTH, INNER),
        }.items():
            made[f"{at}.{name}.weight"] = chance.normal(0, chance.uniform(0.01, 0.05), shape)
        for name in ("input_layernorm", "post_attention_layernorm"):
            made[f"{at}.{name}.weight"] = chance.normal(1, 0.1, WIDTH)
    made["model.norm.weight"] = chance.normal(1, 0.1, WIDTH)
    made["model.embed_tokens.weight"] = chance.normal(0, 0.02, (TOKENS, WIDTH))
    made["lm_head.weight"] = chance.normal(0, 0.02, (TOKENS, WIDTH))
    return {name: value.astype(np.float32) for name, value in made.items()}


def write_model(folder: Path, tensors: dict[str, np.ndarray], *, shards: int = 1) -> Path:
    """Write a model folder with the layout of the Hub."""
    folder.mkdir(exist_ok=True)
    names = list(tensors)
    for i in range(shards):
        name = "model.safetensors" if shards == 1 else f"model-{i + 1:05}-of-{shards:05}.safetensors"
        write_safetensors(folder / name, {each: tensors[each] for each in names[i::shards]})
    config = {
        "architectures": ["OwnForCausalLM"],
        "hidden_size": WIDTH,
        "num_hidden_layers": LAYERS,
        "vocab_size": TOKENS,
    }
    (folder / "config.json").write_text(json.dumps(config))
    vocabulary = {word: i for i, word in enumerate(VOCABULARY)} | {f"t{i}": i for i in range(len(VOCABULARY), TOKENS)}
    tokenizer = {"model": {"type": "BPE", "vocab": vocabulary, "merges": ["a b", "c d"]}}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "README.md").write_text("---\nlicense: mit\nbase_model: meta-llama/Llama-2-7b\n---\n# Own\n")
    return folder


def write_safetensors(path: Path, tensors: dict[str, np.ndarray], dtype: str = "F32") -> None:
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, value in tensors.items():
        raw = value.tobytes()
        header[name] = {"dtype": dtype, "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def run(folder: Path, *arguments: str) -> Any:
    """Run the tool as a filer does, in a folder from which the product cannot be imported."""
    tool = Path(model_evidence.__file__)
    out = folder.parent / f"{folder.name}.json"
    done = subprocess.run(
        [sys.executable, "-I", str(tool), str(folder), "-o", str(out), *arguments],
        cwd=folder.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text())["evidence"]


def test_the_extracted_evidence_is_valid(tmp_path):
    evidence = run(write_model(tmp_path / "model", weights(1)), "--hash")
    assert list(evidence) == [
        "config.json", "README.md", "tokenizer_features", "tokenizer.json", "safetensors_header", "file_hashes",
    ]  # fmt: skip
    assert faults_in(evidence) == []
    model = (tmp_path / "model" / "model.safetensors").read_bytes()
    assert evidence["file_hashes"] == {"model.safetensors": hashlib.sha256(model).hexdigest()}
    verdict = assess({}, evidence)
    assert (verdict.structure.depth, verdict.structure.block.ff, verdict.codes) == (
        LAYERS,
        INNER,
        [codes.STRUCT_NONE, codes.RESIDUAL_NAME],
    )


def test_shards_make_the_same_structure(tmp_path):
    one = assess({}, run(write_model(tmp_path / "one", weights(1)))).structure
    three = assess({}, run(write_model(tmp_path / "three", weights(1), shards=3))).structure
    assert (one.block, one.depth, one.vocabulary) == (three.block, three.depth, three.vocabulary)


def specified(seed: str, role: str, value: np.ndarray) -> np.ndarray:
    """Compute the count sketch as specified, in one pass."""
    n = value.size
    digest = hashlib.sha256(f"{seed}|{role}:{value.shape}|{n}".encode()).digest()
    stream = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "little")))
    buckets = stream.integers(0, 256, n, np.int32)
    signs = stream.integers(0, 2, n, np.int8) * 2 - 1
    flat = value.astype(np.float64).ravel()
    sums = np.bincount(buckets, (flat - flat.mean() if value.ndim == 1 else flat) * signs, 256)
    return (sums / np.linalg.norm(sums)).astype("<f2").astype(np.float64)


@pytest.mark.parametrize("at_once", [model_evidence.AT_ONCE, 1000, 64])
def test_the_sketch_follows_the_specification_for_every_chunk_size(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(model_evidence, "AT_ONCE", at_once)
    tensors = weights(1)
    tensors["model.layers.0.mlp.down_proj.weight"] = tensors["model.layers.0.mlp.down_proj.weight"][:63, :159].copy()
    tensors["model.norm.weight"] = tensors["model.norm.weight"][:63].copy()
    sketch = read_sketch(model_evidence.sketch(write_model(tmp_path / "model", tensors), "a seed"))
    for name, part in (
        ("model.layers.0.mlp.down_proj.weight", ("down", 0)),
        ("model.layers.3.self_attn.k_proj.weight", ("k", 3)),
        ("model.layers.2.input_layernorm.weight", ("n1", 2)),
        ("model.norm.weight", ("nf", None)),
    ):
        assert np.array_equal(sketch.parts[part].sums, specified("a seed", part[0], tensors[name]))
        assert sketch.parts[part].std == pytest.approx(float(tensors[name].std()), rel=1e-3)


def test_half_precision_and_bfloat16_weights_are_read(tmp_path):
    tensors = weights(1)
    name = "model.layers.1.self_attn.q_proj.weight"
    write_safetensors(tmp_path / "f32.safetensors", {name: tensors[name]})
    brain = (tensors[name].view(np.uint32) >> 16).astype(np.uint16)
    for folder, value, dtype in (("half", tensors[name].astype(np.float16), "F16"), ("brain", brain, "BF16")):
        (tmp_path / folder).mkdir()
        write_safetensors(tmp_path / folder / "m.safetensors", {name: value}, dtype)
        sketch = read_sketch(model_evidence.sketch(tmp_path / folder, "s"))
        exact = specified("s", "q", tensors[name])
        assert float(sketch.parts["q", 0].sums @ exact) > 0.99


def sketched(tmp_path: Path, name: str, tensors: dict[str, np.ndarray]) -> Any:
    return read_sketch(model_evidence.sketch(write_model(tmp_path / name, tensors), "s"))


def test_a_descendant_matches_and_an_unrelated_model_is_independent(tmp_path):
    base, chance = weights(1), np.random.default_rng(9)
    noisy = {
        name: (value + chance.normal(0, value.std() / 5, value.shape)).astype(np.float32)
        for name, value in base.items()
    }
    original = sketched(tmp_path, "base", base)
    assert compared(sketched(tmp_path, "tuned", noisy), original).verdict == "match"
    assert compared(sketched(tmp_path, "other", weights(2)), original).verdict == "independent"


def test_a_shorter_and_a_permuted_descendant_match(tmp_path):
    base = weights(1)
    original = sketched(tmp_path, "base", base)
    shorter = {name: value for name, value in base.items() if ".layers.3." not in name}
    assert compared(sketched(tmp_path, "shorter", shorter), original).cs == pytest.approx(1, abs=0.01)
    order = np.random.default_rng(3).permutation(WIDTH)
    permuted = {
        name: value[..., order] if value.shape[-1] == WIDTH and "o_proj" not in name and "down" not in name else value
        for name, value in base.items()
    }
    weights_ = compared(sketched(tmp_path, "permuted", permuted), original)
    assert (weights_.verdict, round(weights_.gram or 0, 2)) == ("match", 1.0)


def gguf(tensors: list[tuple[str, list[int], int]], **kv: Any) -> bytes:
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(kv))
    for name, value in kv.items():
        out += text(name)
        if isinstance(value, str):
            out += struct.pack("<I", 8) + text(value)
        elif isinstance(value, list):
            out += struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(text, value))
        else:
            out += struct.pack("<II", 4, value)
    for name, dimensions, kind in tensors:
        out += text(name) + struct.pack("<I", len(dimensions)) + struct.pack(f"<{len(dimensions)}Q", *dimensions)
        out += struct.pack("<IQ", kind, 0)
    return out


def test_a_gguf_header_is_read(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    kv = {"general.name": "Llama-2-7B", "llama.block_count": 32, "tokenizer.ggml.tokens": ["a"] * 1000}
    (folder / "m.gguf").write_bytes(gguf([("token_embd.weight", [4096, 32000], 1)], **kv))
    evidence = run(folder)
    assert evidence["gguf_header"] == {
        "kv": {"general.name": "Llama-2-7B", "llama.block_count": 32, "tokenizer.ggml.tokens": {"length": 1000}},
        "tensors": [{"name": "token_embd.weight", "dimensions": [4096, 32000], "type": 1}],
    }
    assert codes.RESIDUAL_NAME in assess({}, evidence).codes


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.safetensors", b"short", "not a safetensors file"),
        ("model.safetensors", struct.pack("<Q", 10) + b"not json!!", "damaged header"),
        ("m.gguf", b"GGUF" + struct.pack("<I", 9), "not a GGUF file"),
        ("m.gguf", gguf([("a", [2], 0)])[:-6], "truncated"),
        ("config.json", b"{", "not valid JSON"),
        ("other.txt", b"", "contains no model files"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_broken_file_is_named_and_nothing_is_written(tmp_path, name, content, message):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / name).write_bytes(content)
    with pytest.raises(model_evidence.Broken, match=message):
        model_evidence.extracted(folder)
