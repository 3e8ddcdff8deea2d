"""What a browser or a script reads over HTTP."""
