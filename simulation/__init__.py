"""Bilag under fire: its real code between both sandboxes, with an adversary at every wire call and every commit.

One seed is one run, and a run is the same each time: one random number generator, one clock that only the run moves,
one thing at a time. `python -m simulation.run --help` tells how to run it, `docs/reliability.md` what it found.

    clock        the time that all parts of a run live by
    adversary    what goes wrong, and when
    wires        every request, from Bilag's client to the sandbox, through the adversary
    points       the commits and requests at which a worker is held, killed, or passed by another
    workers      workers: in this process, or forked, two at a time, killed with SIGKILL
    queue        a worker's life: jobs fetched from Procrastinate's tables and performed
    world        the sandboxes, the company between them, and the database
    steps        what people, webhooks and misfortune do
    quiet        the time after the adversary has gone
    invariants   what must hold then
    seeds        one seed from its beginning to its verdict
"""
