"""Every fault at every point of one small scenario, and every ordered pair of them: `python -m simulation.exhaust`.

scenario    the fixed scenario: an invoice with accrual, a credit note, an expense with a document
snapshot    the world before the first fault, restored for each case within milliseconds
process     a worker's process: killed, cut off from the database, or frozen while another takes over
faults      which faults can happen at a point, and the names of cases
case        one case from start to verdict
equal       cases that nobody can tell apart, of which one is run
search      the list of cases, in parts or as a sample
"""
