"""Run Bilag's real code between both sandboxes, with an adversary at every request and every commit.

One seed is one run, and a run is reproducible: one random number generator, one clock that only the run advances, one
thing at a time. See `python -m simulation.run --help` and `docs/reliability.md`.

    clock        the time that all parts of a run share
    adversary    which faults happen, and when
    wires        every request from Bilag's client to a sandbox, through the adversary
    mail         the mail server, and Django's way to it
    points       the requests and commits at which a worker is held, killed or overtaken
    workers      workers: in this process, or forked, two at a time, killed, cut off or frozen
    queue        a worker's loop: fetch jobs from Procrastinate's tables and perform them
    firms        the companies in Bilag, their companies of Moment and their clients at the hub
    world        the sandboxes, the firms between them, and the database
    steps        the register of what may happen in a run
    people       daily work: invoices, webhooks, supplier invoices, setups
    changes      what changes around it: ledgers, Moments, decisions, numbers
    machines     workers, clocks, restarts, backups
    backup       the database copied and put back
    quiet        the time after the adversary is switched off
    invariants   what must hold then
    seeds        one seed from start to verdict
    exhaustive   every fault at every point of one scenario, and every pair of them (`python -m simulation.exhaust`)
"""
