"""Web: two doors, a public one for Slack and alerts, an admin one for probes and metrics."""
