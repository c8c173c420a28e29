"""How the house writes days and hours, where Django's own way is another."""
