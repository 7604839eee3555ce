"""Accept transfers: from webhooks, polls and people; exclude them; requeue the stuck ones."""
