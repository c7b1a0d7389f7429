"""Containment actions: what stops harm, who may ask for it and agree to it, and how a run of it goes."""
