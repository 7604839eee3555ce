"""Export the journal: SAF-T Financial for authorities and auditors, beancount and CSV for companies that leave."""
