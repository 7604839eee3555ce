"""What people would take instead of Bilag, making the same five calls for each invoice."""
