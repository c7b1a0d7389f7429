"""Andon: the andon cord for AI incidents. This floor thinks and speaks."""
