"""What the organisation decided: severities, ladders, people, systems and response plans, as data."""
