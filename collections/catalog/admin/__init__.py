"""The designers' side of the catalogue; each module registers its own classes."""

from catalog.admin import collection, lists, piece

__all__ = ["collection", "lists", "piece"]
