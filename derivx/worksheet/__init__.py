"""Worksheets: kinds of problems, seeded draws, sheets with their keys, exports for other systems."""
