"""From mean skin colour over time to the pulse wave."""
