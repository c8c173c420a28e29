"""Where private files lie on a disk: readable by the shop, without an address on the web."""

from django.core.files.storage import FileSystemStorage


class PrivateFileSystemStorage(FileSystemStorage):
    """A folder that nothing serves; a view hands its files to whom they belong."""

    def url(self, name: str | None) -> str:
        raise ValueError("This file is not accessible via a URL.")
