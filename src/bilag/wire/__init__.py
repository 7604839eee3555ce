"""What every edge shares: one HTTP client that never loses an answer's meaning, and the three ways to fail.

Shared by `moment/` and `platforms/`; knows neither.
"""
