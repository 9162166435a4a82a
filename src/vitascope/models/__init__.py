"""The networks Vitascope carries: their cards, and the runtime that opens them once and frees them when idle."""
