"""Evidence: taken in, fetched, shown, sealed, verified, bundled; every deed enters the custody record."""
