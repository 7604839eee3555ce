"""What tests of PowerOffice Go share."""
