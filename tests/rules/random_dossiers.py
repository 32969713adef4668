"""Random dossiers from the schema, and complete ones changed in random places, for property tests."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from compliance.dossier.faults import Malformed
from compliance.dossier.json_schema import dossier_json_schema
from compliance.dossier.parsing import parse
from compliance.dossier.schema import Dossier
from compliance.dossier.stored import Canonical, load
from tests.building import USCC, a_document

KINDS = ("algorithm", "generative", "generative-complete-2024", "registration")
NUMBERS = [
    "网信算备440305000000201260003号",
    "网信算备440305000000201270001号",
    "Beijing-ChatGLM-20230821",
    "Beijing-ShiLi-20240101S0001",
    "备案中",
]
DAYS = st.dates().map(str) | st.sampled_from(
    ["0001-01-01", "9999-12-31", "2024-02-29", "2025-10-31", "2025-11-01", "2026-01-31", "2026-03-01", "2026-11-10"]
)
TEXTS = st.text(max_size=12) | st.sampled_from(["", "  ", "AI生成", "样例云图智能有限公司", *NUMBERS])
COUNTS = st.sampled_from([0, 1, 19, 20, 49, 199, 200, 299, 999, 3_999, 4_000, 9_999, 1_000_001, 2**53])
RATES = st.sampled_from(["0", "0.05", "0.0501", "0.1", "0.8999", "0.9", "0.95", "0.96", "0.98", "1", "1.0000"])
COUNTRIES, REGIONS = st.sampled_from(["CN", "US", "HK"]), st.sampled_from(["440305", "999999", "110000"])
OWN = {"name": "样例云图智能有限公司", "country": "CN", "uscc": USCC}
DEVELOPERS = st.sampled_from([None, OWN, {"name": OWN["name"]}, {"name": "Meta", "country": "US"}])
KEYS = ("a", "b", "c", "d")
_2025, _2027 = date(2025, 1, 1), date(2027, 12, 31)


def _value(node: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Return a strategy for values that a node of the schema accepts."""
    if "anyOf" in node:
        options = [option for option in node["anyOf"] if option.get("type") != "null"]
        return RATES if any(option.get("type") == "number" for option in options) else _value(options[0])
    if "enum" in node:
        return st.sampled_from(node["enum"])
    match node.get("type"):
        case "object" if "properties" in node:
            return _object(node)
        case "object":
            names = node.get("propertyNames", {}).get("enum", ["A.1.a"])
            return st.dictionaries(st.sampled_from(names), COUNTS, max_size=6)
        case "array":
            return st.lists(_value(node["items"]), max_size=3)
        case "integer":
            return COUNTS
        case "boolean":
            return st.booleans()
    return _text(node)


def _text(node: dict[str, Any]) -> st.SearchStrategy[str]:
    by_pattern = {"^[0-9]{6}$": REGIONS, "^[0-9]{2}$": st.sampled_from(["44", "11", "99"]), "^[A-Z]{2}$": COUNTRIES}
    if node.get("format") == "date":
        return DAYS
    if node.get("pattern") == "^[0-9a-f]{64}$":
        return st.sampled_from(["0" * 64, "1" * 64])
    if "USCC" in node.get("pattern", "") or "[0-9A-HJ-NPQRTUWXY]" in node.get("pattern", ""):
        return st.sampled_from([USCC, "91110000600037341L"])
    return by_pattern.get(node.get("pattern", ""), TEXTS)


def _object(node: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {}, optional={name: _value(child) for name, child in node["properties"].items() if name != "models"}
    )


def _model_fields() -> dict[str, Any]:
    node = dossier_json_schema()["properties"]["models"]
    items = next((option for option in node.get("anyOf", [node]) if "items" in option), node)["items"]
    properties: dict[str, Any] = items["properties"]
    return properties


def _models() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return a strategy for four models; each may derive only from those after it, so that there is no cycle."""
    listed = _model_fields()
    fields = {name: child for name, child in listed.items() if name not in ("key", "derived_from")}
    parents = next(option for option in listed["derived_from"]["anyOf"] if "items" in option)["items"]
    edge = {name: child for name, child in parents["properties"].items() if name != "key"}

    def a_model(place: int) -> st.SearchStrategy[dict[str, Any]]:
        after = KEYS[place + 1 :]
        edges = st.fixed_dictionaries(
            {"key": st.sampled_from(after or KEYS[-1:])}, optional={name: _value(child) for name, child in edge.items()}
        )
        lists = {"derived_from": st.lists(edges, max_size=2)} if after else {}
        optional = {name: _value(child) for name, child in fields.items()} | {"developer": DEVELOPERS}
        return st.fixed_dictionaries({"key": st.just(KEYS[place])}, optional={**optional, **lists})

    return st.tuples(*(a_model(place) for place in range(len(KEYS)))).map(list)


@st.composite
def any_document(draw: st.DrawFn) -> Any:
    """A well-formed dossier with random fields, as a tree in normal form."""
    document = draw(_object(dossier_json_schema()))
    document["kind"] = draw(st.sampled_from(["algorithm", "generative", "registration"]))
    document["applicant"] = {**document.get("applicant", {}), "uscc": USCC}
    document["service"] = {**document.get("service", {}), "name": "样例问答"}
    if draw(st.booleans()):
        document["models"] = draw(_models())
    return _well_formed(document)


@st.composite
def nearly_complete_document(draw: st.DrawFn) -> Any:
    """A complete dossier of which some sections, and the days in it, are random, as a tree in normal form."""
    document = a_document(draw(st.sampled_from(KINDS)))
    schema = dossier_json_schema()["properties"]
    for name in draw(st.sets(st.sampled_from(["assessment", "labeling", "algorithm", "documents"]), max_size=2)):
        document[name] = draw(st.none() | _value(schema[name]))
    for section, some in ((document["service"], "service"), *((model, "model") for model in document["models"] or ())):
        fields = schema["service"]["properties"] if some == "service" else _model_fields()
        names = st.sets(st.sampled_from(sorted(set(fields) - {"name", "key", "developer", "derived_from"})), max_size=3)
        section |= {name: draw(st.none() | _value(fields[name])) for name in draw(names)}
    day = DAYS | st.none() | st.dates(min_value=_2025, max_value=_2027).map(str)
    document["service"] |= {"launched_on": draw(day), "terminated_on": draw(day)}
    document["action"] = draw(st.sampled_from([None, "initial", "change", "cancellation"]))
    document["occurred_on"] = draw(day)
    document["service"]["algorithm_filing_number"] = draw(st.sampled_from([None, *NUMBERS]))
    if document.get("assessment"):
        document["assessment"]["assessed_on"] = draw(day)
        for bank in ("keywords", "questions", "refusal_questions", "non_refusal_questions"):
            if document["assessment"].get(bank):
                document["assessment"][bank]["updated_on"] = draw(day)
    return _well_formed(document)


def _well_formed(document: Any) -> Any:
    try:
        return json.loads(parse(json.dumps(document).encode()).canonical.text)
    except Malformed:
        assume(False)
        raise


def any_dossier() -> st.SearchStrategy[Dossier]:
    """A well-formed dossier with random fields."""
    return any_document().map(_loaded)


def nearly_complete_dossier() -> st.SearchStrategy[Dossier]:
    """A complete dossier of which some sections, and the days in it, are random."""
    return nearly_complete_document().map(_loaded)


def _loaded(document: Any) -> Dossier:
    return load(Canonical.of(document).text)
