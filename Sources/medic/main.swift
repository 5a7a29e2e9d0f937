import Glibc

// The first word is the program's own name.
let tool = CommandLineTool(table: .medic, console: Console())
exit(tool.run(Array(CommandLine.arguments.dropFirst())).rawValue)
