"""What the shopper's pages say and take."""
