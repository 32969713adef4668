"""Storage of documents and backups: a folder or an S3 bucket."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit


def storage_of(url: str, keys: Sequence[str] = ()) -> dict[str, Any]:
    """
    Return the entry of Django's STORAGES for a URL, such as STORAGE_URL.

    A blank URL means MEDIA_ROOT. `s3://bucket/folder` means a bucket; the query contains options of django-storages,
    such as endpoint_url and region_name. boto3 reads the credentials from the environment. With keys the files are encrypted.

    Raises ValueError for any other scheme.
    """
    encryption = {"keys": list(keys)} if keys else {}
    if not url:
        backend = "registry.encryption.EncryptedFolder" if keys else "django.core.files.storage.FileSystemStorage"
        return {"BACKEND": backend, "OPTIONS": encryption}
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc:
        raise ValueError(f"{url!r} is no address of a bucket; write it as s3://bucket/folder?endpoint_url=….")
    options = {"bucket_name": parts.netloc, "location": parts.path.strip("/"), "file_overwrite": False}
    backend = "registry.encryption.EncryptedBucket" if keys else "storages.backends.s3.S3Storage"
    return {"BACKEND": backend, "OPTIONS": {**options, **dict(parse_qsl(parts.query)), **encryption}}
