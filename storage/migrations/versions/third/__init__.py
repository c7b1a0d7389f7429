"""The parts of version 0003, one for each capability."""
