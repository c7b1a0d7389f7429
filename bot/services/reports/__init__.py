"""Reports: taken in, shown to whoever looks, judged."""
