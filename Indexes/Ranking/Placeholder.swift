// Ranking: being built.
