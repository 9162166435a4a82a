"""The HTTP and WebSocket interface, the history behind it, and the page it serves."""
