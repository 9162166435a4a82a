"""What `train_verifier.py` is made of."""
