"""Switch a company live or off, pause and resume it, save its setup: what starts and stops its transfers."""
