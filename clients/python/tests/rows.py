"""Answers of the API, as it sends them."""

from __future__ import annotations

from typing import Any

FLAG: dict[str, Any] = {
    "rule": "ALG-03",
    "level": "error",
    "variant": "",
    "at": "/algorithm/mechanism",
    "title": "Content to be publicized incomplete",
    "message": "Not given: operating mechanism.",
    "cites": ["ALG 16"],
    "fix": "Add the missing part.",
    "raised_at": "2026-11-29T09:30:00+08:00",
    "resolved_at": None,
    "waiver": None,
}
WAIVER = {"until": "2026-12-31", "reason": "Agreed.", "by": "reviewer", "at": "2026-11-29T10:00:00+08:00"}
FINDING = {name: FLAG[name] for name in ("rule", "level", "variant", "at", "title", "message", "cites", "fix")}
CHECK: dict[str, Any] = {"as_of": "2026-11-29", "next_look_on": None, "findings": [FINDING], "compared": None}
FINE: dict[str, Any] = {**CHECK, "findings": []}
DOCUMENT: dict[str, Any] = {
    "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    "size": 5,
    "filename": "a.pdf",
    "media_type": "application/pdf",
    "uploaded_at": "2026-11-29T09:30:00+08:00",
    "url": "/api/v1/filings/f-1/documents/2cf24d/",
    "contents": None,
}
REFUSED: dict[str, Any] = {
    "index": 2,
    "name": "c",
    "outcome": "refused",
    "filing": None,
    "case_number": None,
    "status": None,
    "uploaded": [],
    "missing": [],
    "errors": [{"pointer": "/kind", "code": "unknown", "message": "Unknown kind."}],
}


def filing(number: int = 1, **members: Any) -> dict[str, Any]:
    return {
        "id": f"f-{number}",
        "case_number": f"F2026-{number:06}",
        "kind": "algorithm",
        "action": "initial",
        "status": "submitted",
        "reference": None,
        "jurisdiction": "11",
        "applicant": {"uscc": "91110105MADEMA001H", "name": "示例公司"},
        "service": {"name": "示例助手"},
        "opened_at": "2026-11-29T09:30:00+08:00",
        "changed_at": "2026-11-29T09:30:00+08:00",
        "first_submitted_at": None,
        "submitted_at": None,
        "accepted_at": None,
        "returned_at": None,
        "decided_at": None,
        "official_number": None,
        "amends_filing": None,
        "flags": {"error": 1, "warning": 0, "info": 0, "waived": 0},
        "check": {"as_of": "2026-11-29", "checked_at": None, "due": False, "next_look_on": None},
        **members,
    }


def due(number: int = 1) -> dict[str, Any]:
    return filing(number, check={"as_of": None, "checked_at": None, "due": True, "next_look_on": None})


def imported(state: str, done: int, **members: Any) -> dict[str, Any]:
    return {
        "id": "i-1",
        "state": state,
        "dry_run": False,
        "submit": True,
        "total": 3,
        "done": done,
        "percent": done * 100 // 3,
        "counts": {"opened": done, "known": 0, "refused": 0},
        "created_at": "2026-11-29T09:30:00+08:00",
        "finished_at": None,
        **members,
    }
