/// Works with bash 4 and later, without the bash-completion package.
struct BashCompletion {
  let root: CommandPath

  var script: String {
    let function = "_\(root.identifier)"
    return """
      # bash completion for \(root.text). Load it with: source <(\(root.text) completion bash)
      \(function)() {
        local current=${COMP_WORDS[COMP_CWORD]} path=\(singleQuoted(root.text)) pending= ended= word index position=0
        COMPREPLY=()
        # bash splits --name=value at the equals sign into three words.
        for ((index = 1; index < COMP_CWORD; index++)); do
          word=${COMP_WORDS[index]}
          if [[ -n $pending ]]; then
            [[ $word == "=" ]] || pending=
          elif [[ -z $ended && $word == "--" ]]; then
            ended=1
          elif [[ -n $ended || $word != -* ]]; then
            case "$path $word" in
      \(steps)
              *) ((position++)) ;;
            esac
          else
            case "$path $word" in
      \(valueOptions)
            esac
          fi
        done
        [[ $current == "=" ]] && current=
        local words= kind=words
        if [[ -n $pending ]]; then
          case "$path $pending" in
      \(optionValues)
          esac
        elif [[ -z $ended && $current == -* ]]; then
          case $path in
      \(options)
          esac
        else
          case "$path $position" in
      \(positionals)
          esac
        fi
        case $kind in
          files) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null ;;
          folders) mapfile -t COMPREPLY < <(compgen -d -- "$current"); compopt -o filenames 2>/dev/null ;;
          beginnings) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"); compopt -o nospace 2>/dev/null ;;
          words) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
        esac
      }
      complete -F \(function) \(root.text)

      """
  }

  private var paths: [CommandPath] { root.all }

  /// `case` arms that walk down the tree.
  private var steps: String {
    arms(
      10,
      paths.flatMap { path in
        path.subcommandNames.map { ("\(path.text) \($0)", "path=\(singleQuoted("\(path.text) \($0)"))") }
      })
  }

  private var valueOptions: String {
    arms(
      10,
      paths.flatMap { path in
        path.options.filter { $0.value != nil }.flatMap(\.spellings).map { ("\(path.text) \($0)", "pending=$word") }
      })
  }

  private var optionValues: String {
    arms(
      6,
      paths.flatMap { path in
        path.options.flatMap { option -> [(String, String)] in
          guard let value = option.value else { return [] }
          return option.spellings.map { ("\(path.text) \($0)", action(value.completion)) }
        }
      })
  }

  private var options: String {
    arms(6, paths.map { ($0.text, action(.words($0.options.flatMap(\.spellings)))) })
  }

  private var positionals: String {
    let commands = paths.filter { !$0.subcommandNames.isEmpty }.map { ("\($0.text) 0", action(.words($0.subcommandNames))) }
    let help = [("\(root.text) \(CommandPath.helpName) 0", action(.words(root.helpTargets)))]
    let arguments = paths.flatMap { path in
      path.command.arguments.enumerated().map { index, argument in
        ("\(path.text) \(index)", action(argument.declaration.value.completion))
      }
    }
    return arms(6, commands + help + arguments)
  }

  private func action(_ completion: Completion) -> String {
    switch completion {
    case .none: ":"
    case .files: "kind=files"
    case .folders: "kind=folders"
    case .words(let words): "words=\(singleQuoted(words.joined(separator: " ")))"
    case .beginnings(let words): "kind=beginnings words=\(singleQuoted(words.joined(separator: " ")))"
    }
  }

  private func arms(_ indent: Int, _ arms: [(pattern: String, action: String)]) -> String {
    let margin = String(repeating: " ", count: indent - 2)
    return arms.map { "\(margin)\(singleQuoted($0.pattern))) \($0.action) ;;" }.joined(separator: "\n")
  }
}
