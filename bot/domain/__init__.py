"""Rules and words of AI incidents: plain Python, no library, no input or output."""
