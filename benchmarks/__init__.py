"""Where the figures in the README come from: one file per figure, each run with `python -m benchmarks.<name>`."""
