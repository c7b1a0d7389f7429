"""Verbs: what Andon can do, one room per capability. Rules come from the domain, truth from storage."""
