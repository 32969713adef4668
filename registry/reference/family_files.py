"""
The files of the table of known base models: one YAML file a family, checked strictly.

A file names the family, its developer, country and license, its sources by key, and its models. Every model names the sources of
its facts; one that rests on a single source is marked by that alone. Structures hold the values of the published `config.json`
under the names of Hugging Face Transformers; `layer` says what a configuration does not: norms, biases, gating.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[._-][a-z0-9]+)*$", max_length=80)]
HubId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.+-]*$", max_length=120)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
LicenseId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$", max_length=80)]
Modality = Literal["text", "image", "audio", "video"]
Relation = Literal[
    "finetune",
    "continued_pretraining",
    "adapter",
    "merge",
    "quantized",
    "distillation",
    "pruning",
    "architecture_only",
]
Size = Annotated[int, Field(gt=0, lt=2**40)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Experts(Strict):
    """
    A mixture of experts: their number, how many are active, the width of one, the total width of the shared ones, and how many
    layers have no experts.
    """

    experts: Size
    per_token: Size | None = None
    ff: Size
    shared: int = Field(default=0, ge=0, lt=2**40)
    dense: int = Field(default=0, ge=0, lt=1_000)


class LatentAttention(Strict):
    """Multi-head latent attention: the ranks of queries (none: not compressed) and keys, and the sizes of a head."""

    q: Size | None = None
    kv: Size
    nope: Size
    rope: Size
    v: Size


class Layer(Strict):
    """
    What a layer holds besides its matrices.

    `norms` are the vectors of the hidden size (two in Llama, four in Gemma 2). `qk_norm` is over each head, over the full width, or
    absent. `bias` names the matrices with one; `router_bias` is the vector that balances experts in DeepSeek-V3. `ff` is the true
    inner width where the configuration counts it otherwise (twice in Qwen-1). `attention` is `full` (every layer has q, k, v, o),
    `latent`, or `hybrid` (linear attention or state-space layers among others: neither a block nor a number of parameters
    follows).
    """

    norms: int = Field(default=2, ge=0, le=8)
    norm_bias: bool = False
    qk_norm: Literal["none", "head", "full"] = "none"
    bias: list[Literal["q", "k", "v", "o", "gate", "up", "down"]] = []
    router_bias: bool = False
    ff: Size | None = None
    mlp: Literal["gated", "plain"] = "gated"
    attention: Literal["full", "latent", "hybrid"] = "full"


class Structure(Strict):
    """The values of a published configuration; of a model with several parts, those of its language model."""

    architectures: list[Text] = []
    model_type: Text | None = None
    scheme: Text | None = None
    hidden_size: Size
    intermediate_size: Size | None = None
    num_hidden_layers: Size
    num_attention_heads: Size | None = None
    num_key_value_heads: Size | None = None
    head_dim: Size | None = None
    vocab_size: Size | None = None
    rope_theta: float | None = None
    norm_eps: float | None = None
    tie_word_embeddings: bool | None = None
    max_position_embeddings: Size | None = None
    hidden_act: Text | None = None
    sliding_window: Size | None = None
    moe: Experts | None = None
    mla: LatentAttention | None = None
    layer: Layer | None = None

    @model_validator(mode="after")
    def heads_fit(self) -> Self:
        heads, groups = self.num_attention_heads, self.num_key_value_heads
        if heads and groups and heads % groups:
            raise PydanticCustomError("key_heads", "num_attention_heads is not a multiple of num_key_value_heads")
        if heads and not self.head_dim and not self.mla and self.hidden_size % heads:
            raise PydanticCustomError("head_size", "hidden_size is not a multiple of num_attention_heads")
        return self


class Base(Strict):
    """A model on which another one stands, by its id in the table, and how."""

    model: Id
    relation: Relation


class Model(Strict):
    """
    One model: `hub` are its ids on Hugging Face and ModelScope, base and instruct versions alike; `aliases` are other names, in
    any language. `billions` and `active_billions` are its stated numbers of parameters. `sources` are keys of the file's sources.
    """

    id: Id
    name: Text
    hub: list[HubId] = []
    aliases: list[Text] = []
    released: date | None = None
    billions: float | None = Field(default=None, gt=0, lt=100_000)
    active_billions: float | None = Field(default=None, gt=0, lt=100_000)
    modalities: list[Modality] | None = None
    license: LicenseId | None = None
    open_weights: bool | None = None
    bases: list[Base] = []
    structure: Structure | None = None
    tokenizer: dict[str, Any] = {}
    sources: Annotated[list[Text], Field(min_length=1)]
    unconfirmed: list[Text] = []
    note: Annotated[str, StringConstraints(max_length=600)] = ""


class Developer(Strict):
    """Who made a family: as written in English and in Chinese, and the company above it where people know that one."""

    name: Text
    name_zh: Text | None = None
    parent: Text | None = None
    country: Country


class FamilyFile(Strict):
    """One file of the table. `aliases` name the family as a whole; `sources` are addresses or descriptions by key."""

    family: Text
    developer: Developer
    license: LicenseId | None = None
    modalities: Annotated[list[Modality], Field(min_length=1)]
    open_weights: bool = True
    release: HttpUrl
    aliases: list[Text] = []
    sources: dict[Text, Text]
    models: Annotated[list[Model], Field(min_length=1)]

    @model_validator(mode="after")
    def sources_are_known(self) -> Self:
        if unknown := sorted(set(self._named()) - set(self.sources)):
            raise PydanticCustomError("unknown_source", "{names}", {"names": ", ".join(unknown)})
        return self

    @model_validator(mode="after")
    def models_are_named_once(self) -> Self:
        ids = [model.id for model in self.models]
        if twice := sorted({id for id in ids if ids.count(id) > 1}):
            raise PydanticCustomError("listed_twice", "{names}", {"names": ", ".join(twice)})
        return self

    def _named(self) -> Iterator[str]:
        for model in self.models:
            yield from model.sources
