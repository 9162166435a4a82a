"""Find and follow one face, and read the mean colour of its skin regions."""
