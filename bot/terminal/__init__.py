"""What the command line prints: notices as plain text for people, and as data for machines. Pure, as all views are."""
