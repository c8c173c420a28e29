"""What makers get: their accounts, what is owed and taken back, statements."""
