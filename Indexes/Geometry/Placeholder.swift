// Geometry: being built.
