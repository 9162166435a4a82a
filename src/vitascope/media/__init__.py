"""Video files, arrays and live pictures as RGB frames with true capture times."""
