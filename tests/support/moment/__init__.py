"""Moment: the sandbox used as a third-party program uses it, a scripted server, and samples."""
