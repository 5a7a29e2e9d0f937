guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
    print(Options.help, terminator: "")
    StandardStreams.exit(2)
}
var report = Report()
if options.includes("parse") { try ParseCases().run(into: &report) }
if options.includes("storage") { try StorageCases().run(into: &report) }
if options.json {
    print(report.json)
} else {
    print(report.table(comparedWith: try options.compare.map(Report.figures(inFile:)) ?? [:]), terminator: "")
}
