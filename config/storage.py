"""Where documents are kept: a folder, or a bucket of an S3 store."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit


def storage_of(url: str) -> dict[str, Any]:
    """
    Return Django's storage setting for STORAGE_URL: blank for MEDIA_ROOT, else `s3://bucket/folder` with options of
    django-storages in its query, such as endpoint_url and region_name. Keys are taken from the environment as boto3
    does. Raises ValueError for another scheme.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError(f"STORAGE_URL is {url!r}; it must be s3://bucket/folder, or blank for a folder (MEDIA_ROOT).")
    options = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "file_overwrite": False}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, **dict(parse_qsl(parts.query))}}
