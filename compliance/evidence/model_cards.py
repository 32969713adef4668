"""Adding a model card to a dossier: takes the text of the dossier and a card, returns the text of the extended dossier."""

from __future__ import annotations

from typing import Any

import msgspec

from compliance.dossier.faults import Malformed
from compliance.dossier.parsing import Parsed, parse
from compliance.dossier.tree import read_tree
from compliance.provenance.cards import Card
from compliance.provenance.drafting import Drafted, drafted

_WRITE = msgspec.json.Encoder(decimal_format="number")


def with_card(text: bytes, card: Card, key: str | None) -> tuple[Drafted, bytes]:
    """
    Return the dossier with the card's model added, as indented JSON; numbers stay as they were written.

    Required fields of the dossier may still be missing; any other fault is refused, so that nothing is lost when the dossier
    is written. Raises Malformed, NoSuchModel, NoName.
    """
    draft = drafted(read_draft(text), card, key)
    return draft, written_draft(draft.document)


def read_draft(text: bytes) -> Any:
    """Return the document of a dossier, of which required fields may still be missing. Raises Malformed."""
    _refuse_faults_except_missing(text)
    return read_tree(text)[0]


def written_draft(document: Any) -> bytes:
    """Return a dossier as indented JSON; numbers stay as they were written."""
    return msgspec.json.format(_WRITE.encode(document), indent=2) + b"\n"


def _refuse_faults_except_missing(text: bytes) -> None:
    try:
        parse(text)
    except Malformed as error:
        if faults := [fault for fault in error.faults if fault.code != "required"]:
            raise Malformed(faults) from error


def parsed_with_card(text: bytes, card: Card, key: str | None) -> tuple[Drafted, Parsed]:
    """Return the same with the dossier parsed. Also raises Malformed if the result is not a valid dossier."""
    draft, raw = with_card(text, card, key)
    return draft, parse(raw)
