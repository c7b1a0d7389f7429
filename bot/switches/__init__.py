"""The switches of other systems: one adapter for each, one guarded wire to all of them."""
