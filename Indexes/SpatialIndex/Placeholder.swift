// SpatialIndex: being built.
