"""Words that a large catalogue is made of."""

FIRST = ["Ana", "Björn", "Chloé", "Dara", "Ewa", "Farid", "Greta", "Hugo", "Iris", "Jonas", "Katla"]
LAST = [
    "Almeida",
    "Berg",
    "Conti",
    "Dufour",
    "Eriksen",
    "Ferro",
    "Haas",
    "Ibáñez",
    "Kallas",
    "Moss",
]
PLACES = [
    "Porto",
    "Turku",
    "Ghent",
    "Trieste",
    "Kraków",
    "Bergen",
    "Cádiz",
    "Cork",
    "Graz",
    "Split",
]
TRADES = [
    "Goldsmith. Forging, and rings that fit one hand.",
    "Silversmith. Raised bowls first, jewellery since.",
    "Stone setter. Grain work under a lens.",
    "Enameller. Thin glass on silver, seven firings.",
]
ADJECTIVES = [
    *("Quiet", "Salted", "Folded", "Northern", "Borrowed", "Slow", "Winter", "Hollow", "Early"),
    *("Copper", "Woven", "Narrow", "Plain", "Blue", "Late", "Drawn", "Second", "Open", "Burnt"),
]
NOUNS = [
    *("Harbour", "Reed", "Lantern", "Ladder", "Thread", "Meadow", "Gravel", "Window", "Orchard"),
    *("Staircase", "Anvil", "Tide", "Feather", "Bell", "Stone", "Hinge", "River", "Moth", "Field"),
]
SENTENCES = [
    "It was drawn on the back of a ferry ticket and changed twice since.",
    "The surface is left as the hammer left it, but for the edge.",
    "A stone from a cutter who writes down every crystal he opens.",
    "Worn for a year by the maker before the second one was begun.",
    "The clasp opens with one hand; that took longer than the rest.",
    "Each is weighed after polishing, and the weight is on its card.",
    "The line comes from a river seen from a night train.",
    "Nothing is plated: what wears off was never there.",
]
