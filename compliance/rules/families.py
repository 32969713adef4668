"""The rule families in the order of the rulebook. Importing this module fills the catalog."""

from __future__ import annotations

from importlib import import_module

_FAMILIES = (
    "applicant",
    "routes",
    "jurisdiction",
    "algorithm",
    "deep_synthesis",
    "service",
    "anthropomorphic",
    "lineage",
    "called_models",
    "licenses",
    "training",
    "training_data",
    "corpora",
    "corpus_samples",
    "annotation",
    "keyword_library",
    "question_banks",
    "assessment",
    "assessment_tests",
    "labeling",
    "label_texts",
    "label_metadata",
    "documents",
    "document_contents",
    "numbers",
    "deadlines",
    "deadlines_of_review",
)
ALL_FAMILIES = tuple(import_module(f"compliance.rules.{name}") for name in _FAMILIES)
