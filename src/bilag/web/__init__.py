"""What is reached over HTTP: Moment's webhooks and the operator's probes."""
