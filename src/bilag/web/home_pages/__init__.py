"""The start page: the companies of a user, as a console for those who look after many."""
