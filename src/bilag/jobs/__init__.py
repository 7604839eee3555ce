"""Run jobs fairly and repeatedly: locks, fair share, backoff, schedules, coalescing enqueue. Knows no domain."""
