"""Texts: words for people outside the response, written by template, approved, sent by a person, and kept."""
