"""The launcher: starts the whole product on one machine from a virtual environment, without root."""
