"""What Andon remembers: records, repositories and the unit of work over them."""
