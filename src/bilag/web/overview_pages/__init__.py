"""The overview: is all well?"""
