"""
One failing and one passing example of every rule.

The failing one raises its rule and no other, the passing one nothing at all; both stand as near to the line as they can.
They are what the page of a rule shows and what the tests judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compliance.rules.examples import of_applicants, of_assessments, of_deadlines, of_documents, of_models
from compliance.rules.examples.making import Example

_PARTS = (of_applicants, of_models, of_assessments, of_documents, of_deadlines)
EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {code: example for part in _PARTS for code, example in part.EXAMPLES.items()}
)
