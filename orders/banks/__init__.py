"""What banks ask back: disputes, warnings, evidence, and orders under review."""
