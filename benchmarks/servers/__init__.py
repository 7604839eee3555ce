"""Stand-ins for Moment and the hub that cost next to nothing, so that a benchmark measures what asks them.

Both contracts are answered by one process from memory, several thousand requests a second on one core, with a fixed delay for each
request to the hub. They check little: the sandboxes of `bilag_sandbox` are the ones that enforce the contracts.
"""
