"""Jobs: the clock that looks. Rows are the truth; a missed look costs nothing but time."""
