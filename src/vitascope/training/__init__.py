"""Recipes for the photo checks: pictures with labels in, one certified ONNX file with its card out (extra `train`)."""
