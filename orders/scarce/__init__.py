"""What there is too little of: limits, editions, and the line of those who wait."""
