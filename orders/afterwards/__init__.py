"""What happens after the sale: called off, sent back, altered, mended."""
