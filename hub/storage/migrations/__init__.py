"""The way from an empty database to the present tables. Released files are never changed, only added to."""
