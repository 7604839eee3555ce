"""Everything served over HTTP except the API: the pages, Moment's webhooks, health probes and metrics."""
