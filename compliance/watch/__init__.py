"""The watch over the jobs: heartbeats of worker and beat, what is late, and who is told when they fall silent."""
