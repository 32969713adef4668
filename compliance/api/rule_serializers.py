"""Serializers of rules."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from compliance.api.problems import reader_language
from compliance.language import LANGUAGES, Language
from compliance.rules.catalog import Rule
from compliance.rules.instruments import spelled_out


class RuleTextsSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    duty = serializers.CharField()
    why = serializers.CharField()
    fix = serializers.CharField()


class RuleInLanguagesSerializer(serializers.Serializer[Any]):
    en = RuleTextsSerializer()
    zh = RuleTextsSerializer()


class RuleSerializer(serializers.Serializer[Rule]):
    """A rule of the catalog, in the language of the request; `texts` are those in both languages."""

    code = serializers.CharField()
    title = serializers.CharField()
    level = serializers.ChoiceField(["error", "warning", "info"])
    force = serializers.ChoiceField(["shall", "should", "practice"])
    basis = serializers.ChoiceField(["official", "secondary", "unconfirmed"])
    cites = serializers.ListField(child=serializers.CharField())
    citations = serializers.ListField(child=serializers.CharField(), help_text="The citations in full.")
    kinds = serializers.ListField(child=serializers.CharField())
    actions = serializers.ListField(child=serializers.CharField())
    judged_on = serializers.CharField()
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    duty = serializers.CharField()
    why = serializers.CharField()
    fix = serializers.CharField()
    url = serializers.CharField(help_text="URL of the page of the rule, with examples.")
    texts = RuleInLanguagesSerializer()

    def to_representation(self, rule: Rule) -> dict[str, Any]:
        language = reader_language()
        return {
            "code": rule.code,
            "title": rule.title.in_(language),
            "level": str(rule.level),
            "force": str(rule.force),
            "basis": str(rule.basis),
            "cites": list(rule.cites),
            "citations": [spelled_out(citation, language) for citation in rule.cites],
            "kinds": sorted(rule.kinds),
            "actions": sorted(rule.actions),
            "judged_on": str(rule.judged_on),
            "since": rule.since and rule.since.isoformat(),
            "until": rule.until and rule.until.isoformat(),
            "duty": rule.duty.in_(language),
            "why": rule.why.in_(language),
            "fix": rule.fix.in_(language),
            "url": reverse("rule", args=[rule.code]),
            "texts": {one: _texts(rule, one) for one in LANGUAGES},
        }


def _texts(rule: Rule, language: Language) -> dict[str, str]:
    texts = {"title": rule.title, "duty": rule.duty, "why": rule.why, "fix": rule.fix}
    return {name: text.in_(language) for name, text in texts.items()}
