"""The API, one file per subject. Every answer has a model in `models.py`, every error is problem JSON."""
