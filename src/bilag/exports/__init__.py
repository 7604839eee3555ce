"""The journal as files for others: SAF-T Financial for authorities and auditors, beancount and CSV for who leaves."""
