"""What devices are and say, one file per kind."""
