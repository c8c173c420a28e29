"""The designers' side of the catalogue; each module registers its own classes."""

from catalog.admin import collection, lists, photo, piece, readers, review

__all__ = ["collection", "lists", "photo", "piece", "readers", "review"]
