"""Back: posted supplier costs become project expenses in Moment, each once, with their documents."""
