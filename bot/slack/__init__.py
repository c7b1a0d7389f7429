"""The Slack door: payloads in, notices out. The only place besides the sandbox that knows Slack's SDK."""
