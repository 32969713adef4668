"""What is measured: one post, and the sweep beside its yardsticks. `make bench`."""
