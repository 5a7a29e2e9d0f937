import Glibc

guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
    print(Options.help, terminator: "")
    exit(2)
}
var report = Report()
if options.includes("parse") { try ParseCases().run(into: &report) }
if options.includes("storage") { try StorageCases().run(into: &report) }
if options.includes("evaluate") { try EvaluationCases(sizes: options.sizes).run(into: &report) }
if options.includes("rules") { try RuleCases().run(into: &report) }
if options.includes("history") { try HistoryCases().run(into: &report) }
if options.json {
    print(report.json)
} else {
    print(report.table(comparedWith: try options.compare.map(Report.figures(inFile:)) ?? [:]), terminator: "")
}
