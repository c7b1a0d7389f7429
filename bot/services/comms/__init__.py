"""Texts for people outside the response, and the executive brief."""
