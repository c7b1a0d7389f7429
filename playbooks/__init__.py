"""What the organisation decided: policies, playbooks, drills and templates, as data."""
