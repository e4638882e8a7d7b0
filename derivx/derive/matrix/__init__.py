"""Derivatives by vectors and matrices in the closed forms of textbooks."""
