"""Import posted supplier costs as project expenses in Moment, each once, with their documents."""
