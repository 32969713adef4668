"""A model card brought into a dossier: the dossier's text in, with what the card says, the dossier's text out."""

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
    Return the dossier with the card's model in it, as indented JSON; numbers stay as they were written.

    What the dossier still lacks may be missing; any other fault is refused, so that nothing of it is lost in the writing.
    Raises Malformed, NoSuchModel, NoName.
    """
    _refuse_but_for_gaps(text)
    tree: Any = read_tree(text)[0]
    made = drafted(tree, card, key)
    return made, msgspec.json.format(_WRITE.encode(made.document), indent=2) + b"\n"


def _refuse_but_for_gaps(text: bytes) -> None:
    try:
        parse(text)
    except Malformed as error:
        if faults := [fault for fault in error.faults if fault.code != "required"]:
            raise Malformed(faults) from error


def parsed_with_card(text: bytes, card: Card, key: str | None) -> tuple[Drafted, Parsed]:
    """Return the same, parsed. Raises Malformed too where the dossier would be none."""
    made, raw = with_card(text, card, key)
    return made, parse(raw)
