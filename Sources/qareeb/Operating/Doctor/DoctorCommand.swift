import Configuration
import EventLoops
import Terminal

/// `qareeb doctor`. Rules: looks and changes nothing; a check that cannot be made is a finding like any other, and the others go on.
enum DoctorCommand {
  private static let json = Flag("json", "Print one JSON object, with the figures behind the checks.")
  private static let strict = Flag("strict", "Let warnings count as problems in the exit code.")

  static let command = Command(
    "doctor",
    summary: "look whether everything that Qareeb needs is in order",
    discussion: """
      Looks at the database and its extensions, what following its log needs, the publication, replication slots and how much log they hold, migrations, disks, limits of open files, the clocks, the index file, and a process that serves. Each check is ok, a warning (works, and should be looked at) or a problem (does not work, or soon will not), with what to do.
      It may run at any time and changes nothing; a private cluster that does not run is not started.
      The exit code is 0 when there is no problem, and 2 when there is one; with --strict also when there is a warning.
      """,
    options: [json, strict],
    examples: [
      .init("qareeb doctor", "As a table."),
      .init("qareeb doctor --json | jq '.checks[] | select(.status != \"ok\")'", "Only what is not in order, for machines."),
      .init("qareeb doctor --strict > /dev/null || echo look", "In a timer."),
    ],
    exitCodes: [.differences, .configuration],
    action: { invocation, console in
      let settings = try SettingOptions.resolve(invocation).checkedForCommand()
      let group = try EventLoopGroup(count: 1)
      let diagnosis = await Doctor(settings: settings, group: group).diagnose()
      await group.shutdown()
      console.print(invocation[json] ? diagnosis.json : diagnosis.text(console))
      return diagnosis.level >= (invocation[strict] ? .warning : .problem) ? .differences : .ok
    })
}
