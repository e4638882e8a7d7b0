"""derivx explains derivatives: line by line, every rule named, every line proved."""
