import Configuration
import Migrations
import Terminal

/// Does what was asked and prints what was done.
func runMigrations(_ request: MigrationRequest, settings: Settings, console: Console) async throws -> ExitCode {
  try await withStore(settings) { store in try await perform(request, store, settings, console) }
}

private func perform(
  _ request: MigrationRequest, _ store: Store, _ settings: Settings, _ console: Console
) async throws -> ExitCode {
  switch request {
  case .apply:
    let count = try await store.migrate(settings) { console.print($0) }
    if count == 0 { console.print("The schema is up to date.") }
    return .ok
  case .status:
    let plan = try await store.migrator(settings).status()
    console.print(text(of: plan, console))
    if let problem = plan.problem { throw problem }
    return plan.pending.isEmpty ? .ok : .differences
  }
}

private func text(of plan: MigrationPlan, _ console: Console) -> String {
  var table = Table([.init("NUMBER", .right), .init("NAME"), .init("STATE"), .init("APPLIED")])
  for entry in plan.entries {
    table.add([
      "\(entry.version)", entry.name, entry.state.rawValue, entry.applied?.appliedAt.map { "\($0)" } ?? "",
    ])
  }
  return table.lines(columns: console.columns(of: .output), traits: console.traits(of: .output)).joined(separator: "\n")
}
