"""What `moment/` and `platforms/` share: one HTTP client, its safeguards and the three errors. Knows neither."""
