// ProviderIndex: being built.
