"""ZIP files as honest and hostile tools make them."""

import io
import stat
import zipfile
from collections.abc import Mapping
from typing import Any

INDEX = """<!doctype html><html><head><title>Sign in</title>
<script>window.logtoSsr = "__LOGTO_SSR__";</script>
<script type="module" src="/assets/app.js"></script></head><body><div id="app"></div></body></html>"""

Content = str | bytes


def archive(files: Mapping[str, Content] | None = None, *, index: Content | None = INDEX, **options: Any) -> bytes:
    """Return a ZIP file of an `index.html` and further files."""
    first = {} if index is None else {"index.html": index}
    return pack([(name, content) for name, content in {**first, **(files or {})}.items()], **options)


def pack(entries: list[tuple[str | zipfile.ZipInfo, Content]], *, comment: bytes = b"") -> bytes:
    """Return a ZIP file of exactly these entries."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
        file.comment = comment
    return kept.getvalue()


def entry(name: str, *, mode: int = stat.S_IFREG | 0o644, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    """Return an entry as Unix tools make it."""
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr, info.compress_type = 3, mode << 16, method
    return info


def renamed(content: bytes, old: str, new: str) -> bytes:
    """Return a ZIP file in which a name is another one of the same length, as no tool would write it."""
    assert len(old) == len(new)
    return content.replace(old.encode(), new.encode())
