"""The launcher: from a virtual environment to a running product on one machine, without root."""
