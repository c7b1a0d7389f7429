"""The playbook in an incident: its checklist, what is suggested for it, and what the investigation finds."""
