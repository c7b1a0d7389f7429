"""The review after an incident, and what becomes of its action items."""
