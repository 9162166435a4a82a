"""How good the face stage is."""
