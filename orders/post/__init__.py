"""What the post costs, where it goes and who carries it."""
