"""A fingertip on the lens: recognised, and its colour taken."""
