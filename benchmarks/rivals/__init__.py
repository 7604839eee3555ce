"""What people would take instead of Bilag, making the same five calls for each invoice.

Each is a program that says "ready" on a line, and then does what a line of its input says until the input ends:

    drain       transfer everything that Moment lists
    PLACE ID    transfer one invoice, of which there was a hint
"""
