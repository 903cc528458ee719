// TextIndex: being built.
