"""Storage of documents: a folder or an S3 bucket."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit


def storage_of(url: str) -> dict[str, Any]:
    """
    Return the entry of Django's STORAGES for STORAGE_URL.

    A blank URL means MEDIA_ROOT. `s3://bucket/folder` means a bucket; the query contains options of django-storages,
    such as endpoint_url and region_name. boto3 reads the credentials from the environment.

    Raises ValueError for any other scheme.
    """
    if not url:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError(f"STORAGE_URL is {url!r}; it must be s3://bucket/folder, or blank for a folder (MEDIA_ROOT).")
    options = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "file_overwrite": False}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, **dict(parse_qsl(parts.query))}}
