"""Layer lists as ordinary programs."""
