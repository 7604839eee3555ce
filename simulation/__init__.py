"""Run Bilag's real code between both sandboxes, with an adversary at every request and every commit.

One seed is one run, and a run is reproducible: one random number generator, one clock that only the run advances, one
thing at a time. See `python -m simulation.run --help` and `docs/reliability.md`.

    clock        the time that all parts of a run share
    adversary    which faults happen, and when
    wires        every request from Bilag's client to a sandbox, through the adversary
    points       the requests and commits at which a worker is held, killed or overtaken
    workers      workers: in this process, or forked, two at a time, killed with SIGKILL
    queue        a worker's loop: fetch jobs from Procrastinate's tables and perform them
    world        the sandboxes, the company between them, and the database
    steps        what users, webhooks and accidents do
    quiet        the time after the adversary is switched off
    invariants   what must hold then
    seeds        one seed from start to verdict
    exhaustive   no chance at all: every fault at every point of one scenario, and every pair (`simulation.exhaust`)
"""
