"""The stand-in for PowerOffice Go."""
