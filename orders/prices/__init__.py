"""What makes up a sum: codes, taxes, fees, and whose share is what."""
