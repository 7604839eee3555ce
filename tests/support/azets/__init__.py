"""The Azets platform: a client company of the sandbox hub, a scripted hub, and samples."""
