"""Figures for makers: counted without knowing whom (docs/figures.md), and told by the month."""
