"""Pictures of computational graphs: our own layered layout, printed as SVG, TikZ and text."""
