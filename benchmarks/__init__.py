"""Benchmarks: a POST, the sweep, the register and the assessment of evidence, with baselines. Run `make bench`."""
