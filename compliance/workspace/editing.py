"""Filling in a section of a dossier: the form, adding and removing entries of its lists, and saving."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from compliance.api.problems import problem_of
from compliance.dossier.faults import Fault, Malformed
from compliance.dossier.pointer import Pointer
from compliance.dossier.stored import Canonical
from compliance.filings.refusals import Refused
from compliance.forms.answers import ABSENT, Answers
from compliance.forms.editing import field_at, with_row, without_row
from compliance.forms.moving import owner_of
from compliance.forms.sections import (
    Section,
    find_section,
    own_tree,
    section_of_entry,
    section_of_place,
    tree_at,
)
from compliance.forms.shape import Field
from compliance.forms.wording import refusal
from compliance.models import Filing, WorkingCopy
from compliance.rules.wording import place
from compliance.workspace.drafts import Draft
from compliance.workspace.fields import Beside, FormBuilder, PartView, flag_views
from compliance.workspace.saving import Conflict, Shown, refused_in, save_section, shown_by
from compliance.workspace.visits import Visit, for_members, refused


@for_members
def section(visit: Visit, uid: UUID, path: str) -> HttpResponseBase:
    """Show a section of a filing, or take what was entered in it."""
    filing = visit.find_filing(uid)
    editor = Editor(visit, filing, path)
    if visit.request.method != "POST":
        return editor.page()
    if not visit.can_file:
        return refused(visit, "not_a_filer")
    return editor.posted()


class Editor:
    """The page of a section, in the state that a request has brought it to."""

    def __init__(self, visit: Visit, filing: Filing, path: str) -> None:
        self.visit, self.filing = visit, filing
        self._read(path)
        self.refusals: dict[str, str] = {}
        self.notices: dict[str, str] = {}
        self.elsewhere: list[str] = []
        self.typed: Answers | None = None
        # What the form shows if it is neither what is stored nor what was typed.
        self.merged: Any = ABSENT

    def _read(self, path: str) -> None:
        draft = Draft(self.filing)
        found = find_section(draft.document, path, draft.day)
        if found is None and self.visit.request.method == "POST":
            # What was typed for a part that somebody removed meanwhile is shown again, not lost.
            found = section_of_entry(path)
        if found is None:
            raise Http404
        self._show(draft, found)

    def _show(self, draft: Draft, section: Section) -> None:
        """Let the page show a section of a draft as it is stored."""
        self.draft, self.section = draft, section
        self.shown = Shown(draft.version, own_tree(section, draft.document), owner_of(section, draft.document))

    @property
    def can_edit(self) -> bool:
        return self.filing.is_editable and self.visit.can_file

    def posted(self) -> HttpResponseBase:
        """Take what was typed. Whatever comes of it, the page shows it again unless it was saved."""
        post = self.visit.request.POST
        self.typed = {Pointer(name): values for name, values in post.lists() if name.startswith("/")}
        # Until it is saved, the page stays that of the version that it showed first.
        shown = shown_by(post, self.section, self.draft.document)
        if shown is None:
            self.elsewhere = [
                _("The form does not say what it showed. Compare it with what is stored, then save again.")
            ]
            return self.page(unsaved=True, status=409)
        self.shown = shown
        if at := post.get("add"):
            self.typed = with_row(self.typed, Pointer(at))
        elif at := post.get("remove_row"):
            self.typed = without_row(self.typed, at)
        elif "show" not in post:
            return self._save()
        return self.page(unsaved=True)

    def _save(self) -> HttpResponseBase:
        try:
            saved = save_section(self.filing, self.section, self.typed or {}, by=self.visit.user, shown=self.shown)
        except Malformed as error:
            self._refuse(*refused_in(error, self.section))
            return self.page(unsaved=True, status=422)
        except Conflict as error:
            return self._conflict(error)
        except Refused as error:
            self.elsewhere = [problem_of(error).text]
            return self.page(unsaved=True, status=409)
        self._say_saved(saved.is_changed, [str(at) for at in saved.of_other])
        return self._after_saving(saved.section.path)

    def _refuse(self, inside: list[Fault], elsewhere: list[Fault]) -> None:
        for fault in inside:
            at, field = self._field_at(fault.at)
            texts = (self.typed or {}).get(at, [])
            self.refusals[at] = refusal(
                fault, field.entry if field else None, texts[-1] if texts else "", self.visit.language
            )
        language = self.visit.language
        self.elsewhere = [f"{place(fault.at, language)}: {fault.message(language)}" for fault in elsewhere]

    def _field_at(self, at: Pointer) -> tuple[Pointer, Field | None]:
        return field_at(self.section.part, self.section.at, at)

    def _conflict(self, error: Conflict) -> HttpResponseBase:
        """Show what was typed beside what somebody else saved meanwhile; saving again keeps what is in the form."""
        if error.merged is None:
            text = _(
                "Somebody else removed this part meanwhile, or changed it so much that it cannot be found. "
                "Copy what you typed into another part."
            )
            self.elsewhere = [text]
            return self.page(unsaved=True, status=409)
        self._show(Draft(self.filing), error.section)
        # What somebody else changed in other fields stands in the form as well, so that saving again keeps it.
        self.typed, self.merged = None, error.merged.tree
        for at in error.merged.conflicts:
            self.notices[self._field_at(at)[0]] = _(
                "%(who)s changed this meanwhile to: %(value)s. Saving again keeps what you typed."
            ) % {"who": self._who(), "value": self._in_words(at)}
        return self.page(unsaved=True, status=409)

    def _who(self) -> str:
        kept = self.draft.kept
        person = kept.changed_by if isinstance(kept, WorkingCopy) else kept.by
        return person.get_full_name() or person.get_username()

    def _in_words(self, at: Pointer) -> str:
        """Return what is stored at a place of the section, as people read it."""
        here, field = self._field_at(at)
        value = tree_at(self.draft.document, here)
        if value is ABSENT or value in (None, "", []):
            return _("nothing")
        if field is None:
            count = len(value) if isinstance(value, list | dict) else 1
            return ngettext("%(n)s entry", "%(n)s entries", count) % {"n": count}
        view = FormBuilder(self.draft.guidance, self.visit.language, Beside()).build(field, here, value)
        chosen = [label for _code, label, is_chosen in getattr(view, "choices", []) if is_chosen]
        return ", ".join(chosen) or getattr(view, "text", "")

    def _say_saved(self, is_changed: bool, of_other: list[str]) -> None:
        text = _("Saved and checked.") if is_changed else _("Nothing was changed.")
        messages.success(self.visit.request, text)
        if of_other:
            names = ", ".join(place(Pointer(at), self.visit.language) for at in of_other)
            messages.info(
                self.visit.request, _("Kept what somebody else changed meanwhile: %(fields)s.") % {"fields": names}
            )

    def _after_saving(self, path: str) -> HttpResponseBase:
        """Show the section as it was saved, where it stands now, or the next one."""
        request = self.visit.request
        following = self._path_after(path) if "save_next" in request.POST else path
        is_part = bool(request.headers.get("HX-Request"))
        if is_part and following == self.section.path:
            self.typed = None
            self._read(following)
            return self.page()
        address = section_address(self.filing, self.visit, following)
        return HttpResponse(headers={"HX-Redirect": address}) if is_part else redirect(address)

    def _path_after(self, path: str) -> str:
        paths = [section.path for section in Draft(self.filing).sections if section.is_asked]
        after = paths.index(path) + 1 if path in paths else len(paths)
        return paths[after] if after < len(paths) else path

    def page(self, *, unsaved: bool = False, status: int = 200) -> HttpResponseBase:
        view, others = self._view()
        states = self.draft.states(self.visit.language)
        context = {
            "room": "filings",
            "is_editor": True,
            "filing": self.filing,
            "draft": self.draft,
            "section": self.section,
            "title": self.section.title.in_(self.visit.language),
            "view": view,
            "other_flags": others,
            "information": [each.in_(self.visit.language) for each in self.draft.information(self.section)],
            "states": states,
            "can_edit": self.can_edit,
            "is_new": self.shown.tree is ABSENT and self.section.is_entry,
            "address": section_address(self.filing, self.visit, self.section.path),
            "version": self.shown.version,
            "owner": self.shown.owner,
            "shown": "" if self.shown.tree is ABSENT else Canonical.of(self.shown.tree).text,
            "elsewhere": self.elsewhere,
            "refusal_count": len(self.refusals),
            "unsaved": unsaved,
            **_next_entries(self.draft.document),
        }
        is_part = bool(self.visit.request.headers.get("HX-Request"))
        return self.visit.page("editor.html" if is_part else "section.html", context, status=status)

    def _view(self) -> tuple[PartView, list[Any]]:
        """Return the form, and the flags of the section that stand beside none of its fields."""
        flags = flag_views(self.draft.flags, self.visit.language)
        beside = Beside(flags, self.refusals, self.notices)
        builder = FormBuilder(self.draft.guidance, self.visit.language, beside, self.typed)
        shown = self.shown.tree if self.merged is ABSENT else self.merged
        tree = None if shown is ABSENT else shown
        view = builder.build(self.section.part, self.section.at, tree)
        assert isinstance(view, PartView)
        shown = set(view.places()) - {self.section.at}
        others = [
            (place(Pointer(at), self.visit.language) if at else "", found)
            for at, here in flags.items()
            if at not in shown and section_of_place(self.draft.sections, at).path == self.section.path
            for found in here
        ]
        return view, others


def section_address(filing: Filing, visit: Visit, path: str) -> str:
    return reverse("workspace:section", args=[visit.organization.uid, filing.uid, path])


def _next_entries(document: Any) -> dict[str, Any]:
    """Return the paths of the model, and of the corpus of each model, that can be added next."""
    models = document.get("models") or []
    corpora = [
        {
            "path": f"models/{i}/corpora/{len(model.get('corpora') or ())}",
            "model": model.get("name") or model.get("key") or i + 1,
        }
        for i, model in enumerate(models)
    ]
    return {"next_model_path": f"models/{len(models)}", "next_corpora": corpora}
