"""Serializers of documents."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from compliance.models import Document


class BankSerializer(serializers.Serializer[Any]):
    """Counts of a bank in a file: distinct non-empty rows, and the outcomes in the column 是否合格."""

    total = serializers.IntegerField()
    by_class = serializers.DictField(child=serializers.IntegerField())
    answered = serializers.IntegerField()
    passed = serializers.IntegerField()


class ContentsSerializer(serializers.Serializer[Any]):
    """Counts of a document. Findings about them are flags of the filing."""

    is_table = serializers.BooleanField()
    banks = serializers.DictField(child=BankSerializer())
    unknown_classes = serializers.ListField(child=serializers.DictField())
    unreadable = serializers.DictField(allow_null=True)
    credentials = serializers.ListField(child=serializers.DictField())


class DocumentSerializer(serializers.ModelSerializer[Document]):
    """A document of a filing."""

    url = serializers.SerializerMethodField()
    contents = ContentsSerializer(
        source="facts.contents", default=None, allow_null=True, help_text="Null until the document is counted."
    )

    class Meta:
        model = Document
        fields = ["sha256", "size", "filename", "media_type", "uploaded_at", "url", "contents"]

    def get_url(self, document: Document) -> str:
        return f"/api/v1/filings/{document.filing.uid}/documents/{document.sha256}/"
