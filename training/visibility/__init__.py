"""What the training of the visibility network is made of: faces, what can hide them, pictures, the net, its figures."""
