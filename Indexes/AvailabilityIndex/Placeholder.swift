// AvailabilityIndex: being built.
