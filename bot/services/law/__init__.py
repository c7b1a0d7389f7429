"""The law's clocks in incidents."""
